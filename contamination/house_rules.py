"""Which passages may all tasks of a benchmark share? The wording of its pack, and of its sources.

Tasks of a template share its fixed words; what is left of the wording after that is what tasks
without a template have in common: the policy of a desk, the form of its records. Such a passage
counts when five groups of kin, and one in a hundred of them, hold each five words of it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.accepted import NEVER, AcceptedFindings, AcceptedPassage
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.passages import accepted_passages
from benchwright.contamination.sentences import Run
from benchwright.contamination.views import View

MIN_KIN_GROUPS = 5
MIN_KIN_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolView:
    """A task's view, the number of its group of kin, and whether a template made it."""

    view: View
    group: int
    from_template: bool


def house_rules(
    pool: Sequence[PoolView], wording: Mapping[str, str], *, pack: str, run_words: int
) -> AcceptedFindings:
    """Return the passages that tasks of different kin share and that say nothing of one task.

    Args:
        pool: All tasks, in the order of their ids.
        wording: Texts of the pack, blanks marked, and where each stands.
        pack: The name of the pack, for the reasons.
        run_words: Words in a shared run.
    """
    reason = f"house rules of pack {pack}"
    passages = [
        AcceptedPassage(text=text, reason=f"{reason}: {wording[text]}", expires=NEVER)
        for text in shared_texts(pool, tuple(wording), run_words=run_words)
    ]
    free = [entry for entry in pool if not entry.from_template]
    limit = max(MIN_KIN_GROUPS, math.ceil(MIN_KIN_SHARE * len({entry.group for entry in free})))
    passages += [
        AcceptedPassage(
            text=text,
            reason=f"{reason}: at least {groups} groups of kin share each five words of it",
            expires=NEVER,
        )
        for text, groups in _common_passages(free, limit).items()
    ]
    return AcceptedFindings(passages=tuple(passages))


def shared_texts(pool: Sequence[PoolView], texts: tuple[str, ...], *, run_words: int) -> list[str]:
    """Return the texts that stand in tasks of at least two groups of kin.

    A short text may stand only in the blank of another: what leaves takes others with it.
    """
    kept = _shared_once(pool, texts, run_words)
    while len(kept) < len(texts):
        texts, kept = tuple(kept), _shared_once(pool, tuple(kept), run_words)
    return kept


def _shared_once(pool: Sequence[PoolView], texts: tuple[str, ...], run_words: int) -> list[str]:
    passages = accepted_passages(texts, run_words)
    first: dict[int, int] = {}
    shared: set[int] = set()
    for entry in pool:
        held = 0
        for mask in passages.covered(entry.view):
            held |= mask
        while held:
            number = (held & -held).bit_length() - 1
            if first.setdefault(number, entry.group) != entry.group:
                shared.add(number)
            held &= held - 1
    return [text for number, text in enumerate(texts) if number in shared]


def _common_passages(pool: Sequence[PoolView], limit: int) -> dict[str, int]:
    """Return the longest stretches of words whose every five are held by `limit` groups of kin."""
    groups: dict[Run, set[int]] = {}
    for entry in pool:
        for run in _runs(entry.view.words):
            groups.setdefault(run, set()).add(entry.group)
    common: dict[Run, int] = {run: len(held) for run, held in groups.items() if len(held) >= limit}
    found: dict[str, int] = {}
    for entry in pool:
        for start, end in _stretches(entry.view.words, common):
            text = " ".join(entry.view.words[start:end])
            runs = _runs(entry.view.words[start:end])
            found.setdefault(text, min(common[run] for run in runs))
    return found


def _runs(words: Run) -> Iterator[Run]:
    size = MIN_COMPARABLE_WORDS
    return (words[at : at + size] for at in range(len(words) - size + 1))


def _stretches(words: Run, common: Mapping[Run, int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for at, run in enumerate(_runs(words)):
        if run in common and start is None:
            start = at
        elif run not in common and start is not None:
            yield start, at + MIN_COMPARABLE_WORDS - 1
            start = None
    if start is not None:
        yield start, len(words)
