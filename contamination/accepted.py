"""Which findings does a team accept? Read the file, sift a comparison, and say what it accepted.

What is accepted is counted and shown, never dropped. An entry whose day has passed accepts
nothing, and a pair is accepted only while both of its texts are what they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from benchwright.accepted import (
    AcceptedFindings,
    AcceptedItem,
    AcceptedLone,
    AcceptedPair,
    AcceptedPassage,
    Expiry,
    is_expired,
)
from benchwright.canonical import sha256_hex
from benchwright.contamination.detector import Comparison, Detector
from benchwright.contamination.masking import (
    MaskedDetector,
    Shingles,
    masked_forms,
    masked_jaccard,
    masked_runs,
)
from benchwright.contamination.minhash import MinHashDetector
from benchwright.contamination.ngrams import NgramDetector
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, canonical_text
from benchwright.contamination.passages import AcceptedPassages, accepted_passages, left_of
from benchwright.contamination.sentences import BLANK
from benchwright.contamination.signatures import shingles
from benchwright.contamination.views import View
from benchwright.errors import ConfigError, Place
from benchwright.files import file_sha256
from benchwright.findings import AcceptedSummary, AcceptedUse, CheckReport
from benchwright.tasks import JsonObject
from benchwright.verdicts import Match
from benchwright.yamlfile import line_of, read_yaml_value, validate_value

Entry = AcceptedPassage | AcceptedPair | AcceptedLone
Hashes = tuple[Mapping[str, str], Mapping[str, str]]
"""The hash of the compared text of every test and every training item, by id."""


@dataclass(frozen=True)
class Accepted:
    """The accepted findings of one file on one day.

    Entries are numbered in the order of the file, passages first, then pairs, then lone findings.
    """

    file: str
    sha256: str
    findings: AcceptedFindings
    today: date

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """The passages that still hold; an expired one keeps its number and is empty."""
        return tuple(
            "" if is_expired(entry.expires, self.today) else entry.text
            for entry in self.findings.passages
        )

    @cached_property
    def _pairs(self) -> dict[tuple[str, str, str, str, str], int]:
        return {
            (pair.check, pair.left.id, pair.left.sha256, pair.right.id, pair.right.sha256): number
            for number, pair in enumerate(self.findings.pairs, start=len(self.findings.passages))
            if not is_expired(pair.expires, self.today)
        }

    @cached_property
    def _lone(self) -> dict[tuple[str, str, str | None, str | None, str], int]:
        before = len(self.findings.passages) + len(self.findings.pairs)
        return {
            (
                lone.check,
                lone.side,
                lone.item.id if lone.item else None,
                lone.item.sha256 if lone.item else None,
                lone.evidence,
            ): number
            for number, lone in enumerate(self.findings.lone, start=before)
            if not is_expired(lone.expires, self.today)
        }

    def informed(self, detector: Detector) -> Detector:
        """Return the detector with the accepted passages, when it can leave them out."""
        if isinstance(detector, NgramDetector) and any(self._texts):
            return replace(detector, accepted=self.passages(detector.run_words))
        return detector

    @cached_property
    def masked_runs(self) -> Shingles:
        """The masked runs of the passages without blanks."""
        texts = [text for text in self._texts if BLANK not in text]
        return frozenset(run for text in texts for run in masked_runs(text))

    def passages(self, run_words: int) -> AcceptedPassages:
        """Return the passages that still hold, for runs of so many words."""
        return accepted_passages(self._texts, run_words)

    def sift(
        self,
        detector: Detector,
        comparison: Comparison,
        test: Sequence[View],
        train: Sequence[View],
    ) -> Comparison:
        """Move the pairs that are accepted out of what was found."""
        accepted = {place: dict(masks) for place, masks in comparison.accepted.items()}
        kept = []
        rest = _Rest(self.passages(NgramDetector().run_words), self.masked_runs)
        for pair in comparison.pairs:
            entries = self._entries_of(detector, test[pair.test], train[pair.train], rest)
            for number in entries:
                masks = accepted.setdefault(pair.train, {})
                masks[number] = masks.get(number, 0) | 1 << pair.test
            if not entries:
                kept.append(pair)
        return replace(comparison, pairs=tuple(kept), accepted=accepted)

    def lone_entry(self, check: str, match: Match, ids: Hashes) -> int | None:
        """Return the number of the entry that accepts a finding of one side; None for none."""
        if match.left_id is not None and match.right_id is not None:
            return None
        side = "test" if match.right_id is None else "train"
        name = match.left_id if side == "test" else match.right_id
        sha256 = None if name is None else ids[side == "train"].get(name)
        return self._lone.get((check, side, name, sha256, match.evidence))

    def summary(
        self, comparisons: Sequence[Comparison], lone: Mapping[int, int], ids: Hashes
    ) -> AcceptedSummary:
        """Say of every entry what it accepted.

        Args:
            comparisons: The sifted comparisons, without planted copies.
            lone: How many findings of one side each entry accepted, by its number.
            ids: The hashes of both sides.
        """
        held: dict[int, dict[int, int]] = {}
        pairs = dict(lone)
        for comparison in comparisons:
            for place, masks in comparison.accepted.items():
                for number, mask in masks.items():
                    records = held.setdefault(number, {})
                    records[place] = records.get(place, 0) | mask
                    pairs[number] = pairs.get(number, 0) + mask.bit_count()
        entries: tuple[Entry, ...] = (
            *self.findings.passages,
            *self.findings.pairs,
            *self.findings.lone,
        )
        return AcceptedSummary(
            file=self.file,
            sha256=self.sha256,
            today=self.today.isoformat(),
            entries=tuple(
                self._use(entry, held.get(number, {}), pairs.get(number, 0), ids)
                for number, entry in enumerate(entries)
            ),
        )

    def _entries_of(
        self, detector: Detector, left: View, right: View, rest: "_Rest"
    ) -> tuple[int, ...]:
        key = (detector.name, left.item.id, text_sha256(left), right.item.id, text_sha256(right))
        if key in self._pairs:
            return (self._pairs[key],)
        if not any(self._texts):
            return ()
        if not isinstance(detector, MinHashDetector | MaskedDetector):
            return ()
        mine, other = rest.of(left), rest.of(right)
        if isinstance(detector, MaskedDetector):
            similarity: float | None = masked_jaccard(mine.masked, other.masked)
        else:
            similarity = jaccard(mine.view, other.view)
        if similarity is None or similarity >= detector.min_jaccard:
            return ()
        shared = mine.passages & other.passages
        return tuple(n for n in range(len(self._texts)) if shared >> n & 1)

    def _use(self, entry: Entry, held: Mapping[int, int], pairs: int, ids: Hashes) -> AcceptedUse:
        if is_expired(entry.expires, self.today):
            state = "expired"
        elif held or pairs:
            state = "used"
        else:
            state = "changed" if _is_changed(entry, ids) else "unused"
        test_items, train_records = _all_of(held.values()).bit_count(), len(held)
        if isinstance(entry, AcceptedLone) and entry.item and pairs:
            test_items, train_records = int(entry.side == "test"), int(entry.side == "train")
        return AcceptedUse.model_validate(
            {
                **_named(entry),
                "reason": entry.reason,
                "expires": str(entry.expires),
                "pairs": pairs,
                "test_items": test_items,
                "train_records": train_records,
                "state": state,
            }
        )


class _Left:
    """What is left of a view without its passages, and those passages as bits."""

    def __init__(self, view: View, passages: AcceptedPassages, left_out: Shingles) -> None:
        covers = passages.covered(view)
        self.passages = _all_of(covers)
        self.view = left_of(view, covers)
        self._whole = view
        self._left_out = left_out

    @cached_property
    def masked(self) -> tuple[Shingles, Shingles]:
        """The masked runs that are left."""
        return masked_forms(self._whole, self._left_out)


class _Rest:
    """What is left of each view that is asked for, found once."""

    def __init__(self, passages: AcceptedPassages, left_out: Shingles) -> None:
        self._passages = passages
        self._left_out = left_out
        self._known: dict[int, _Left] = {}

    def of(self, view: View) -> _Left:
        """Return what is left of a view, which must live as long as this object."""
        if id(view) not in self._known:
            self._known[id(view)] = _Left(view, self._passages, self._left_out)
        return self._known[id(view)]


def read_accepted(path: Path, *, today: date) -> Accepted:
    """Read a file of accepted findings.

    Args:
        path: The YAML file.
        today: The day that decides which entries have expired.

    Raises:
        ConfigError: If the file is not valid; every bad field with its line.
    """
    value, lines = read_yaml_value(path)
    findings = validate_value(value, AcceptedFindings, path=path, lines=lines)
    for number, passage in enumerate(findings.passages):
        if not canonical_text(passage.text):
            field = ("passages", number, "text")
            raise ConfigError(
                f"{passage.text!r} holds no word",
                fix="write out the passage, or drop the entry",
                place=Place(
                    file=str(path), line=line_of(field, lines), field=f"passages[{number}].text"
                ),
            )
    return Accepted(file=str(path), sha256=file_sha256(path), findings=findings, today=today)


def draft_accepted(report: CheckReport, *, reason: str, expires: Expiry) -> AcceptedFindings:
    """Return entries that accept what a report found: passages, other pairs, lone findings."""
    pairs = [
        AcceptedPair(
            check=run.check,
            left=AcceptedItem(id=match.left_id, sha256=_hash(report.test.places, match.left_id)),
            right=AcceptedItem(
                id=match.right_id, sha256=_hash(report.train.places, match.right_id)
            ),
            reason=reason,
            expires=expires,
        )
        for run in report.contamination.runs
        for match in run.matches
        if match.left_id is not None
        and match.right_id is not None
        and not (match.details or {}).get("passage_only")
    ]
    texts = dict.fromkeys(
        passage.text for run in report.contamination.runs for passage in run.passages or ()
    )
    return AcceptedFindings(
        pairs=tuple(pairs),
        passages=tuple(AcceptedPassage(text=t, reason=reason, expires=expires) for t in texts),
        lone=tuple(
            AcceptedLone(
                check=run.check,
                side="test" if match.right_id is None else "train",
                item=_item(report, match),
                evidence=match.evidence,
                reason=reason,
                expires=expires,
            )
            for run in report.contamination.runs
            for match in run.matches
            if match.left_id is None or match.right_id is None
        ),
    )


def accepted_pairs(comparison: Comparison) -> int:
    """Return how many pairs are accepted and no longer found."""
    found: dict[int, int] = {}
    for pair in comparison.pairs:
        found[pair.train] = found.get(pair.train, 0) | 1 << pair.test
    total = 0
    for place, masks in comparison.accepted.items():
        total += (_all_of(masks.values()) & ~found.get(place, 0)).bit_count()
    return total


def without_planted(comparison: Comparison, real: int) -> Comparison:
    """Return a comparison with the first `real` training views only; the others are planted."""
    return replace(
        comparison,
        pairs=tuple(pair for pair in comparison.pairs if pair.train < real),
        accepted={place: masks for place, masks in comparison.accepted.items() if place < real},
    )


def text_sha256(view: View) -> str:
    """Return the sha256 of the compared text of a view."""
    return sha256_hex(view.text)


def jaccard(left: View, right: View) -> float | None:
    """Return the Jaccard similarity of two views' shingles; None when one is too short to tell."""
    if min(left.number_of_words, right.number_of_words) < MIN_COMPARABLE_WORDS:
        return None
    mine, other = shingles(left.canonical), shingles(right.canonical)
    shared = len(mine & other)
    return round(shared / (len(mine) + len(other) - shared), 6)


def _all_of(masks: Iterable[int]) -> int:
    held = 0
    for mask in masks:
        held |= mask
    return held


def _named(entry: Entry) -> JsonObject:
    """Return what an entry accepts, as `AcceptedUse` names it."""
    if isinstance(entry, AcceptedPassage):
        return {"kind": "passage", "text": entry.text}
    if isinstance(entry, AcceptedPair):
        left, right = entry.left.id, entry.right.id
        return {"kind": "pair", "check": entry.check, "left_id": left, "right_id": right}
    name = entry.item.id if entry.item else None
    side = "left_id" if entry.side == "test" else "right_id"
    return {"kind": "lone", "check": entry.check, side: name, "text": entry.evidence}


def _is_changed(entry: Entry, ids: Hashes) -> bool:
    sides: tuple[tuple[AcceptedItem | None, Mapping[str, str]], ...] = ()
    if isinstance(entry, AcceptedPair):
        sides = ((entry.left, ids[0]), (entry.right, ids[1]))
    elif isinstance(entry, AcceptedLone):
        sides = ((entry.item, ids[entry.side == "train"]),)
    return any(item and item.id in held and held[item.id] != item.sha256 for item, held in sides)


def _item(report: CheckReport, match: Match) -> AcceptedItem | None:
    """Return the item of a finding of one side; None where it is about the whole test side."""
    for name, side in ((match.left_id, report.test), (match.right_id, report.train)):
        if name is not None:
            return AcceptedItem(id=name, sha256=_hash(side.places, name))
    return None


def _hash(places: Mapping[str, object], name: str) -> str:
    sha256 = getattr(places.get(name), "sha256", None)
    if not isinstance(sha256, str):
        raise ConfigError(
            f"the report has no hash of item {name!r}",
            fix="run the check again and draft from that",
        )
    return sha256
