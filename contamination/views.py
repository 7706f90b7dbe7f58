"""What of an item is compared: its values as text, its folded tokens."""

from dataclasses import dataclass
from functools import cached_property

from benchwright.contamination.items import Item
from benchwright.contamination.normaliser import Token, canonical_text, tokens
from benchwright.words import leaf_texts


@dataclass(frozen=True, eq=False)
class View:
    """The input of an item as text: every leaf value on a line, in document order, keys left out.

    Tokens and words are computed when a detector first asks. A view is equal to itself alone, so
    that what is known of it can be kept beside it for as long as it lives.
    """

    item: Item
    text: str

    @cached_property
    def tokens(self) -> list[Token]:
        """The folded tokens with their places in `text`."""
        return tokens(self.text)

    @cached_property
    def canonical(self) -> str:
        """The folded tokens joined by single spaces."""
        return canonical_text(self.text)

    @property
    def number_of_words(self) -> int:
        """How many folded tokens there are."""
        return self.canonical.count(" ") + bool(self.canonical)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded tokens without their places."""
        return tuple(self.canonical.split())


def to_view(item: Item) -> View:
    """Return the view of an item's input."""
    return View(item=item, text="\n".join(leaf_texts(item.input, sort_keys=False)))
