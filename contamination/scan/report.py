"""From finished shards to one report and one verdict."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from benchwright.contamination.normaliser import NORMALISER, tokens
from benchwright.contamination.scan.evidence import Evidence
from benchwright.contamination.scan.planted import recall_of
from benchwright.contamination.scan.state import ShardRecord
from benchwright.contamination.scan.tasks import TestTasks
from benchwright.contamination.scan.units import BEST_RECORDS, FIRST_FAILED
from benchwright.findings import Verdict, Waiver
from benchwright.scans import (
    Cleaning,
    Passage,
    PlantRecall,
    RecordMatch,
    RecordPlace,
    ScannedShard,
    ScanReport,
    TaskFinding,
    UnreadRecord,
)
from benchwright.verdicts import PlantTally
from benchwright.version import __version__


class Totals:
    """What all shards hold together; shards are added in order of their names."""

    def __init__(self) -> None:
        self.shards: list[ScannedShard] = []
        self.first_failed: list[UnreadRecord] = []
        self.plants: list[PlantTally] = []
        self.passages: dict[int, tuple[int, RecordPlace]] = {}
        self._tasks: dict[int, tuple[int, int, int, float]] = {}
        self._best: dict[int, list[tuple[tuple[float, ...], RecordMatch]]] = {}

    def add(self, record: ShardRecord, removed: int | None) -> None:
        """Add a shard, and how many of its records were removed from a cleaned copy of it."""
        number = len(self.shards)
        self.shards.append(record.shard.model_copy(update={"removed_records": removed}))
        self.first_failed += record.first_failed[: FIRST_FAILED - len(self.first_failed)]
        self.plants += record.plants
        for row in record.tasks:
            records, runs, words, share = self._tasks.get(row.task, (0, 0, 0, 0.0))
            self._tasks[row.task] = (
                records + row.records,
                max(runs, row.runs),
                max(words, row.longest_words),
                max(share, row.containment),
            )
            best = self._best.setdefault(row.task, [])
            best += [
                (
                    (
                        -match.shared_runs,
                        -match.longest_run_words,
                        -(match.containment or 0.0),
                        number,
                        at,
                    ),
                    match,
                )
                for at, match in enumerate(row.best)
            ]
            best.sort(key=lambda entry: entry[0])
            del best[BEST_RECORDS:]
        for passage in record.passages:
            count, first = self.passages.get(passage.slot, (0, passage.first))
            self.passages[passage.slot] = count + passage.records, first

    def found(self, evidence: Evidence, ids: Sequence[str]) -> Iterator[TaskFinding]:
        """Yield every task that stands in the corpus, in order of the tasks."""
        for task, (records, runs, words, share) in sorted(self._tasks.items()):
            total = int(evidence.task_runs[task])
            yield TaskFinding(
                id=ids[task],
                runs=total,
                records=records,
                best_coverage=round(runs / total, 6),
                longest_run_words=words,
                best_containment=share or None,
                best=tuple(match for _, match in self._best[task]),
            )

    def count(self, name: str) -> int:
        """Return the sum of a count over all shards."""
        return sum(getattr(shard, name) for shard in self.shards)

    def cleaning(self) -> Cleaning | None:
        """Return what became of the records of the shards that were cleaned; None if none was."""
        cleaned = [shard for shard in self.shards if shard.removed_records is not None]
        if not cleaned:
            return None
        records = sum(shard.records for shard in cleaned)
        removed = sum(shard.removed_records or 0 for shard in cleaned)
        failed = sum(shard.failed_records for shard in cleaned)
        return Cleaning(
            records=records, kept=records - removed - failed, removed=removed, failed_kept=failed
        )


def to_report(
    totals: Totals,
    tasks: TestTasks,
    evidence: Evidence,
    *,
    engine: str,
    fields: tuple[str, ...] | None,
    containment: bool,
    seed: int,
    not_scanned: Sequence[str],
    allow_inconclusive: str | None,
) -> ScanReport:
    """Return the report of a scan whose shards are all added."""
    runs = evidence.task_runs
    found = tuple(totals.found(evidence, tasks.ids))
    passages = tuple(_passages(totals, tasks, evidence))
    plants = recall_of(totals.plants)
    too_short = tuple(tasks.ids[task] for task in np.flatnonzero(runs == 0))
    indistinct = np.flatnonzero((runs > 0) & ~evidence.has_own_run)
    reasons = tuple(
        _reasons(totals, tasks, plants, too_short, len(indistinct) if passages else 0, fields)
    )
    met = {finding.id for finding in found}
    places = {name: place for name, place in tasks.side.places.items() if name in met}
    waivers = (
        (Waiver(check="inconclusive", reason=allow_inconclusive),) if allow_inconclusive else ()
    )
    return ScanReport(
        tool=f"benchwright {__version__}",
        engine=engine,
        normaliser=NORMALISER,
        run_words=evidence.index.run_words,
        containment=containment,
        seed=seed,
        fields=fields,
        test=tasks.side.model_copy(update={"places": places}),
        tasks=len(tasks.ids),
        tasks_compared=len(tasks.ids) - len(too_short),
        too_short=too_short,
        indistinct=tuple(tasks.ids[task] for task in indistinct),
        canaries=tasks.canaries,
        shards=tuple(totals.shards),
        not_scanned=tuple(not_scanned),
        bytes=totals.count("bytes"),
        records=totals.count("records"),
        tokens=totals.count("tokens"),
        without_field=totals.count("without_field"),
        failed_records=totals.count("failed_records"),
        first_failed=tuple(totals.first_failed),
        flagged_records=totals.count("flagged_records"),
        findings=totals.count("findings"),
        found=found,
        passages=passages,
        plants=plants,
        cleaning=totals.cleaning(),
        reasons=reasons,
        waivers=waivers,
        verdict=_verdict(bool(found), bool(reasons), bool(waivers)),
    )


def _verdict(is_found: bool, has_reasons: bool, is_waived: bool) -> Verdict:
    if is_found:
        return "flagged"
    if has_reasons:
        return "waived" if is_waived else "inconclusive"
    return "clean"


def _reasons(
    totals: Totals,
    tasks: TestTasks,
    plants: Sequence[PlantRecall],
    too_short: Sequence[str],
    indistinct: int,
    fields: Sequence[str] | None,
) -> Iterator[str]:
    """Yield what keeps a scan that found nothing from being clean."""
    failed = [shard for shard in totals.shards if shard.failed is not None]
    if failed:
        first = failed[0]
        yield f"{len(failed):,} shards could not be read; first {first.name}: {first.failed}"
    records, unread = totals.count("records"), totals.count("failed_records")
    if not records:
        yield "the corpus has no record"
    if unread:
        record = totals.first_failed[0]
        yield f"{unread:,} records could not be read; first {record.place}: {record.reason}"
    if fields is not None and records and totals.count("without_field") >= records - unread:
        yield f"no record has a field named {' or '.join(fields)}"
    if not tasks.ids:
        yield "the test side has no task"
    if tasks.side.bad_rows:
        yield f"{len(tasks.side.bad_rows):,} test rows could not be read"
    if too_short:
        yield f"{len(too_short):,} tasks have too few words to prove anything; first {too_short[0]}"
    if indistinct:
        yield f"{indistinct:,} tasks hold only passages that many tasks share, and some were found"
    planted, found = sum(p.planted for p in plants), sum(p.found for p in plants)
    if found < planted or not planted:
        yield f"found {found:,} of {planted:,} planted copies"


def _passages(totals: Totals, tasks: TestTasks, evidence: Evidence) -> Iterable[Passage]:
    """Yield every stretch of shared runs that follow one another, the most frequent first."""
    index = evidence.index
    slots = np.array(sorted(totals.passages), np.int64)
    held_by = dict(zip(slots.tolist(), index.slot_tasks(slots).tolist(), strict=True))
    starts = index.holder_token[index.slot_starts[slots]]
    order = np.argsort(starts)
    stretches: list[list[int]] = []
    for at in order.tolist():
        slot, token = int(slots[at]), int(starts[at])
        last = stretches[-1][-1] if stretches else -1
        is_next = last >= 0 and token == index.holder_token[index.slot_starts[last]] + 1
        task = index.holder_task[index.slot_starts[slot]]
        if is_next and task == index.holder_task[index.slot_starts[last]]:
            stretches[-1].append(slot)
        else:
            stretches.append([slot])
    passages = [
        Passage(
            text=_text_of(stretch, tasks, evidence),
            tasks=max(held_by[slot] for slot in stretch),
            records=max(totals.passages[slot][0] for slot in stretch),
            first=totals.passages[stretch[0]][1],
        )
        for stretch in stretches
    ]
    return sorted(passages, key=lambda passage: (-passage.records, passage.text))


def _text_of(stretch: Sequence[int], tasks: TestTasks, evidence: Evidence) -> str:
    """Return a stretch of slots as the first task that holds it writes it."""
    index = evidence.index
    entry = index.slot_starts[stretch[0]]
    task = int(index.holder_task[entry])
    first = int(index.holder_token[entry] - index.task_starts[task])
    text, last = tasks.texts[task], first + len(stretch) - 2 + int(index.slot_words[stretch[-1]])
    words = tokens(text)
    return text[words[first].start : words[last].end]
