"""The report as Markdown, for a pull request or a CI summary."""

from collections.abc import Iterator, Sequence

from benchwright.contamination.reports.facts import (
    accepted_entries,
    accepted_text,
    answer,
    counted,
    listed,
    passage_only,
    place_text,
    reason_of,
    shown,
    sides_of,
    threshold,
    threshold_sources,
)
from benchwright.findings import CheckReport, ItemPlace, Side
from benchwright.markdown import inert, references
from benchwright.verdicts import CheckRun, Excerpt, Match

MAX_MATCHES = 50
MAX_BAD_ROWS = 20
MAX_CLUSTERS = 20
MAX_CLUSTER_IDS = 20
MAX_PASSAGES = 50
MAX_CHARACTERS = 1_200


def to_markdown(report: CheckReport) -> str:
    """Return a report as GitHub-flavoured Markdown.

    Every text of the report is written as character references, so that none of it is markup
    whether the reader allows HTML or not. Shared spans are in bold.
    """
    said = answer(report)
    lines = [
        f"# Contamination check: {said.title.lower()}",
        "",
        f"**{said.title}.** {said.sentence}",
    ]
    if said.reasons:
        lines += ["", *(f"- {inert(reason)}" for reason in said.reasons)]
    lines += ["", "## What was compared", ""]
    for side in (report.test, report.train):
        lines += _side(side)
    if sources := threshold_sources(report):
        lines += ["", f"Thresholds: {inert(sources)}."]
    lines += [
        "",
        f"Normaliser {inert(report.normaliser)}, seed {report.seed}, {inert(report.tool)}.",
        "",
        *_checks(report.contamination.runs),
        *_accepted(report),
        *_passages(report.contamination.runs),
        *_clusters(report),
        *_matches(report),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _side(side: Side) -> Iterator[str]:
    yield f"- **{side.role}**: {counted(side.rows, 'row')}, " + counted(
        len(side.bad_rows), "bad row"
    )
    for file in side.files:
        digest = f", sha256 {inert(file.sha256)}" if file.sha256 else ""
        yield f"  - {inert(file.name)}: {counted(file.rows, 'row')}{digest}"
    for role, paths in sorted(side.field_map.items()):
        origin = "guessed" if role in side.guessed else "stated"
        yield f"  - {inert(role)} is {', '.join(inert(path) for path in paths)} ({origin})"
    for row in side.bad_rows[:MAX_BAD_ROWS]:
        place = place_text(ItemPlace(file=row.file, line=row.line))
        yield f"  - not read: {inert(place)}: {inert(row.reason)}"
    if len(side.bad_rows) > MAX_BAD_ROWS:
        yield f"  - {len(side.bad_rows) - MAX_BAD_ROWS:,} more bad rows are in the JSON report"


def _checks(runs: Sequence[CheckRun]) -> Iterator[str]:
    yield "## Checks"
    yield ""
    yield (
        "| check | scope | status | comparable | not comparable | pairs | matches | accepted "
        "| plants found / planted | threshold | reason |"
    )
    yield "|---|---|---|--:|--:|--:|--:|--:|--:|---|---|"
    for run in runs:
        left_out = "—" if run.items_not_comparable is None else f"{run.items_not_comparable:,}"
        limit = threshold(run)
        cells = (
            inert(run.check),
            inert(run.scope),
            f"**{run.status.replace('_', ' ')}**",
            f"{run.items_comparable:,}",
            left_out,
            f"{run.pairs_compared:,}",
            f"{len(run.matches):,}",
            f"{run.accepted or 0:,}",
            f"{run.planted_found:,} / {run.planted:,}",
            f"{limit[0]} {limit[1]:g}" if limit else "—",
            inert(reason_of(run)) if reason_of(run) else "—",
        )
        yield "| " + " | ".join(cells) + " |"


def _accepted(report: CheckReport) -> Iterator[str]:
    if report.accepted is None:
        return
    entries = accepted_entries(report)
    yield from ("", f"## Accepted findings ({len(entries):,})", "")
    yield f"From {inert(report.accepted.file)}, on {inert(report.accepted.today)}."
    yield from ("", "| entry | state | pairs | test items | training records | reason | expires |")
    yield "|---|---|--:|--:|--:|---|---|"
    for entry in entries:
        yield (
            f"| {inert(accepted_text(entry))} | {entry.state} | {entry.pairs:,} "
            f"| {entry.test_items:,} | {entry.train_records:,} | {inert(entry.reason)} "
            f"| {inert(entry.expires)} |"
        )


def _passages(runs: Sequence[CheckRun]) -> Iterator[str]:
    for run in runs:
        if not run.passages:
            continue
        yield from ("", f"## Shared passages of {inert(run.check)} ({len(run.passages):,})", "")
        yield f"{counted(passage_only(run), 'match')} share only such passages."
        yield ""
        for passage in run.passages[:MAX_PASSAGES]:
            yield (
                f"- {counted(passage.test_items, 'test item')}, "
                f"{counted(passage.train_records, 'training record')}: "
                f"{inert(passage.text[:MAX_CHARACTERS])}"
            )
        if len(run.passages) > MAX_PASSAGES:
            yield f"- {len(run.passages) - MAX_PASSAGES:,} more passages are in the JSON report"


def _clusters(report: CheckReport) -> Iterator[str]:
    if not report.clusters:
        return
    yield from ("", f"## Clusters ({len(report.clusters):,})", "")
    for cluster in report.clusters[:MAX_CLUSTERS]:
        ids = ", ".join(inert(name) for name in cluster.ids[:MAX_CLUSTER_IDS])
        more = len(cluster.ids) - MAX_CLUSTER_IDS
        checks = ", ".join(inert(name) for name in cluster.checks)
        yield f"- {ids}{f' and {more:,} more' if more > 0 else ''} (by {checks})"
    if len(report.clusters) > MAX_CLUSTERS:
        yield f"- {len(report.clusters) - MAX_CLUSTERS:,} more clusters are in the JSON report"


def _matches(report: CheckReport) -> Iterator[str]:
    for run in report.contamination.runs:
        matches = listed(run)
        if not matches:
            continue
        yield from ("", f"## Matches of {inert(run.check)} ({len(matches):,})")
        for match in matches[:MAX_MATCHES]:
            yield from _match(match, report)
        if len(matches) > MAX_MATCHES:
            more = counted(len(matches) - MAX_MATCHES, "more match")
            yield from ("", f"**{more}** of {inert(run.check)} not shown; see the JSON report.")


def _match(match: Match, report: CheckReport) -> Iterator[str]:
    names = " ~ ".join(inert(name) for _, name, _ in sides_of(match, report))
    yield from (
        "",
        f"### {names or inert(match.title)} (score {match.score:.3f})",
        "",
        f"Evidence: {inert(match.evidence)}",
    )
    for side, name, excerpt in sides_of(match, report):
        yield from ("", f"{side.role}, {inert(place_text(side.places.get(name)))}:", "")
        yield _excerpt(excerpt) if excerpt else "(no text was recorded)"


def _excerpt(excerpt: Excerpt) -> str:
    part = shown(excerpt, limit=MAX_CHARACTERS)
    text = "".join(
        f"<b>{references(piece.text)}</b>" if piece.shared else references(piece.text)
        for piece in part.segments
    )
    before = f"[{part.before:,} characters left out] … " if part.before else ""
    after = f" … [{part.after:,} characters left out]" if part.after else ""
    return f"<pre>{before}{text}{after}</pre>"
