"""A scan as the renderers of `check` take it: one run of `ngram`, the best records of each task."""

from collections.abc import Iterator

from benchwright.findings import BadRow, CheckReport, ItemPlace, Side
from benchwright.scans import RecordMatch, RecordPlace, ScanReport, TaskFinding
from benchwright.verdicts import CheckRun, ContaminationReport, Excerpt, Match, PlantTally


def to_check_report(report: ScanReport) -> CheckReport:
    """Return a scan as a comparison of the test side with the corpus.

    Every finding is counted in the reason; the best records of each task are the matches.
    Passages that many tasks share are told in the reason too, and are no match.
    """
    matches = tuple(_match(finding, match) for finding in report.found for match in finding.best)
    return CheckReport(
        tool=report.tool,
        normaliser=report.normaliser,
        seed=report.seed,
        test=report.test,
        train=_corpus(report),
        contamination=ContaminationReport(runs=(_run(report, matches),)),
        waivers=report.waivers,
        required=("ngram",),
        verdict=report.verdict,
    )


def _run(report: ScanReport, matches: tuple[Match, ...]) -> CheckRun:
    plants = tuple(
        PlantTally(kind=plant.kind, planted=plant.planted, found=plant.found)
        for plant in report.plants
    )
    run = {
        "check": "ngram",
        "scope": "test x corpus",
        "params": {
            "engine": report.engine,
            "fields": ", ".join(report.fields) if report.fields else "all values",
            "normaliser": report.normaliser,
            "run_words": report.run_words,
            "containment": report.containment,
        },
        "items_comparable": report.tasks_compared,
        "items_not_comparable": len(report.too_short),
        "pairs_compared": report.tasks_compared * (report.records - report.failed_records),
        "matches": matches,
        "planted": sum(plant.planted for plant in plants),
        "planted_found": sum(plant.found for plant in plants),
        "plants": plants,
        "reason": "; ".join(_said(report)) or None,
    }
    clean = {"status": "clean" if not report.reasons else "inconclusive"}
    return CheckRun.model_validate(run | ({"status": "flagged"} if matches else clean))


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
        files=(),
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
    return Match(
        left_id=finding.id,
        right_id=str(match.place),
        score=max(match.coverage, match.containment or 0.0),
        evidence=" ".join(first.split())[:160],
        left=match.left,
        right=match.right if match.right is not None else Excerpt(text="(too large to quote)"),
        details={
            "containment": match.containment,
            "coverage": match.coverage,
            "longest_run_words": match.longest_run_words,
            "records": finding.records,
            "shared_runs": match.shared_runs,
        },
    )
