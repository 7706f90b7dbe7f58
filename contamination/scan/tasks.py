"""The test side as the scan holds it: ids, texts, canaries, and the account of what was read."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.canonical import canonical_json, sha256_hex
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, tokens
from benchwright.contamination.sources import Loaded
from benchwright.contamination.views import to_view
from benchwright.errors import ConfigError
from benchwright.findings import ItemPlace, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class TestTasks:
    """Every task in order, the canaries last; `side` has the place of every task."""

    __test__ = False

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    canaries: tuple[str, ...]
    side: Side

    def digest(self) -> str:
        """Return a sha256 over ids, texts, test files and field map."""
        account = self.side.model_dump(mode="json", include={"files", "field_map"})
        return sha256_hex(canonical_json([self.ids, self.texts, account]))


def to_tasks(test: Loaded, canaries: Sequence[str]) -> TestTasks:
    """Return the test side, and every canary as a task of its own.

    Raises:
        ConfigError: If a canary has too few words to prove anything.
    """
    for canary in canaries:
        words = len(tokens(canary))
        if words < MIN_COMPARABLE_WORDS:
            raise ConfigError(
                f"--canary {canary!r} has {words} words, below {MIN_COMPARABLE_WORDS}",
                fix="give the whole GUID, such as 2f1c0a52-9d0e-4d7e-8a55-0c4f7a1be913",
            )
    places = {
        item.id: ItemPlace(file=item.place.file or "", line=item.place.line) for item in test.items
    }
    return TestTasks(
        ids=(*(item.id for item in test.items), *(f"canary {text}" for text in canaries)),
        texts=(*(to_view(item).text for item in test.items), *canaries),
        canaries=tuple(canaries),
        side=test.side.model_copy(update={"places": places}),
    )
