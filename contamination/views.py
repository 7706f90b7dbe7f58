"""What of an item is compared: its values as text, its folded tokens, its shingles."""

from dataclasses import dataclass
from functools import cached_property

from benchwright.contamination.items import Item
from benchwright.contamination.normaliser import Token, tokens
from benchwright.words import leaf_texts

NUMBER_OF_SHINGLE_CHARACTERS = 5


@dataclass(frozen=True)
class View:
    """The input of an item as text: every leaf value on a line, in document order, keys left out.

    Tokens and shingles are computed when a detector first asks.
    """

    item: Item
    text: str

    @cached_property
    def tokens(self) -> list[Token]:
        """The folded tokens with their places in `text`."""
        return tokens(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded tokens without their places."""
        return tuple(token.text for token in self.tokens)

    @cached_property
    def shingles(self) -> frozenset[str]:
        """Every run of five characters of the canonical text."""
        canonical = " ".join(self.words)
        size = NUMBER_OF_SHINGLE_CHARACTERS
        return frozenset(canonical[i : i + size] for i in range(len(canonical) - size + 1))


def to_view(item: Item) -> View:
    """Return the view of an item's input."""
    return View(item=item, text="\n".join(leaf_texts(item.input, sort_keys=False)))
