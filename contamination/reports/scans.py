"""A scan as the renderers of `check` take it: its checks, and the best records of each task."""

from collections.abc import Iterator

from benchwright.contamination.scan.planted import CONTAINED_KINDS
from benchwright.findings import BadRow, CheckReport, ItemPlace, Side, SideFile
from benchwright.scans import RecordMatch, RecordPlace, ScanReport, TaskFinding
from benchwright.verdicts import CheckRun, ContaminationReport, Excerpt, Match, PlantTally


def to_check_report(report: ScanReport) -> CheckReport:
    """Return a scan as a comparison of the test side with the corpus.

    A record that shares a run is a match of `ngram`, one that does not of `containment`. Every
    finding is counted in the reason; the best records of each task are the matches. Passages that
    many tasks share are told in the reason too, and are no match.
    """
    checks = ("ngram", "containment") if report.containment else ("ngram",)
    return CheckReport(
        tool=report.tool,
        normaliser=report.normaliser,
        seed=report.seed,
        test=report.test,
        train=_corpus(report),
        contamination=ContaminationReport(runs=tuple(_run(report, check) for check in checks)),
        waivers=report.waivers,
        required=checks,
        verdict=report.verdict,
    )


def _run(report: ScanReport, check: str) -> CheckRun:
    matches = tuple(
        _match(finding, match)
        for finding in report.found
        for match in finding.best
        if (match.shared_runs > 0) == (check == "ngram")
    )
    plants = tuple(
        PlantTally(kind=plant.kind, planted=plant.planted, found=plant.found)
        for plant in report.plants
        if (plant.kind in CONTAINED_KINDS) == (check == "containment")
    )
    planted, found = sum(p.planted for p in plants), sum(p.found for p in plants)
    read = report.records - report.failed_records - report.without_field
    left_out = len(report.too_short) + (len(report.indistinct) if report.passages else 0)
    is_blind = not report.tasks_compared or not read or found < planted or not planted
    undecided = "inconclusive" if is_blind or left_out else "clean"
    return CheckRun.model_validate(
        {
            "check": check,
            "scope": "test x corpus",
            "params": {
                "engine": report.engine,
                "fields": ", ".join(report.fields) if report.fields else "all values",
                "normaliser": report.normaliser,
                "run_words": report.run_words,
            },
            "items_comparable": report.tasks_compared,
            "items_not_comparable": left_out,
            "pairs_compared": report.tasks_compared * read,
            "matches": matches,
            "planted": planted,
            "planted_found": found,
            "plants": plants,
            "reason": "; ".join(_said(report)) or None,
            "status": "flagged" if matches else undecided,
        }
    )


def _said(report: ScanReport) -> Iterator[str]:
    if report.findings:
        yield (
            f"{report.findings:,} findings in {report.flagged_records:,} of {report.records:,} "
            f"records, of {len(report.found):,} tasks; the best records of each are shown"
        )
    yield from report.reasons
    if report.passages:
        yield (
            f"{len(report.passages):,} passages that many tasks share stand in the corpus; "
            "they name no task"
        )


def _corpus(report: ScanReport) -> Side:
    places = [match.place for finding in report.found for match in finding.best]
    bad = [
        BadRow(file=unread.place.file, line=_line(unread.place), reason=unread.reason)
        for unread in report.first_failed
    ]
    bad += [
        BadRow(file=shard.name, reason=shard.failed)
        for shard in report.failed_shards
        if shard.failed is not None
    ]
    return Side(
        role="train",
        files=tuple(SideFile(name=shard.name, rows=shard.records) for shard in report.shards),
        rows=report.records,
        bad_rows=tuple(bad),
        field_map={"input": report.fields or ("all values",)},
        places={str(place): ItemPlace(file=place.file, line=_line(place)) for place in places},
    )


def _line(place: RecordPlace) -> int | None:
    return place.line if place.line is not None else place.row


def _match(finding: TaskFinding, match: RecordMatch) -> Match:
    spans = match.left.spans
    first = match.left.text[spans[0][0] : spans[0][1]] if spans else ""
    contained = {} if match.containment is None else {"containment": match.containment}
    return Match(
        left_id=finding.id,
        right_id=str(match.place),
        score=max(match.coverage, match.containment or 0.0),
        evidence=" ".join(first.split())[:160],
        left=match.left,
        right=match.right if match.right is not None else Excerpt(text="(too large to quote)"),
        details={
            **contained,
            "coverage": match.coverage,
            "longest_run_words": match.longest_run_words,
            "records": finding.records,
            "shared_runs": match.shared_runs,
        },
    )
