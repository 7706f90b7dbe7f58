"""The report as JUnit XML, for CI systems that show test results."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from benchwright.contamination.reports.facts import (
    accepted_count,
    accepted_entries,
    accepted_text,
    accepted_total,
    answer,
    counted,
    gaps,
    listed,
    passage_only,
    place_text,
    reason_of,
    sides_of,
)
from benchwright.findings import CheckReport, ItemPlace
from benchwright.verdicts import CheckRun, Match

MAX_MATCHES = 50
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OUTCOMES = {"flagged": "failure", "inconclusive": "error", "not_run": "skipped"}


def to_junit(report: CheckReport) -> str:
    """Return a report as JUnit XML: one test case per check and scope.

    A flagged run is a failure, one that could not tell an error, one that did not run is skipped,
    and so is, in a waived report, one that could not tell.
    What keeps the verdict from clean although no run says so is one more test case, `verdict`.
    """
    cases = [_case(run, report) for run in report.contamination.runs]
    said = answer(report)
    if gaps(report):
        case = Element("testcase", classname="contamination", name="verdict")
        outcome = "skipped" if said.verdict == "waived" else "error"
        _outcome(case, outcome, f"{said.title}: {'; '.join(gaps(report))}", _unread(report))
        cases.append(case)
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    root = Element("testsuites", {"name": "benchwright contamination", **counts})
    suite = SubElement(root, "testsuite", {"name": "contamination", **counts})
    properties = SubElement(suite, "properties")
    for name, value in (("verdict", said.verdict), ("tool", report.tool)):
        SubElement(properties, "property", name=name, value=legal(value))
    for name, value in _accepted(report):
        SubElement(properties, "property", name=name, value=legal(value))
    suite.extend(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _unread(report: CheckReport) -> str:
    """Return file, line and reason of the rows that could not be read, the first of each side."""
    lines = []
    for side in (report.test, report.train):
        for row in side.bad_rows[:MAX_MATCHES]:
            place = place_text(ItemPlace(file=row.file, line=row.line))
            lines.append(f"{side.role} {place}: {row.reason}")
        more = len(side.bad_rows) - MAX_MATCHES
        if more > 0:
            lines.append(f"{counted(more, f'more {side.role} row')} not shown")
    return "\n".join(lines)


def _accepted(report: CheckReport) -> Iterator[tuple[str, str]]:
    if report.accepted is None:
        return
    yield "accepted", counted(accepted_total(report), "finding")
    for entry in accepted_entries(report):
        yield (
            f"accepted {entry.state}",
            f"{accepted_count(entry)}: {accepted_text(entry)} "
            f"({entry.reason}; expires {entry.expires})",
        )


def legal(text: str) -> str:
    """Return a text with every character that XML 1.0 forbids replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def _case(run: CheckRun, report: CheckReport) -> Element:
    case = Element("testcase", classname=legal(f"contamination.{run.check}"), name=legal(run.scope))
    if run.status in _OUTCOMES:
        is_waived = run.status == "inconclusive" and answer(report).verdict == "waived"
        outcome = "skipped" if is_waived else _OUTCOMES[run.status]
        waived = "waived, " if is_waived else ""
        message = f"{waived}{run.status}: {reason_of(run)}"
        _outcome(case, outcome, message, _findings(run, report))
    return case


def _outcome(case: Element, name: str, message: str, body: str) -> None:
    kind = {} if name == "skipped" else {"type": "contamination"}
    SubElement(case, name, {"message": legal(message), **kind}).text = legal(body) or None


def _named(match: Match, report: CheckReport) -> str:
    sides = sides_of(match, report)
    return " ~ ".join(f"{n} ({place_text(s.places.get(n))})" for s, n, _ in sides) or match.title


def _findings(run: CheckRun, report: CheckReport) -> str:
    lines = [
        f"{_named(match, report)} score {match.score:.3f}: {match.evidence}"
        for match in listed(run)[:MAX_MATCHES]
    ]
    more = len(listed(run)) - MAX_MATCHES
    if more > 0:
        lines.append(f"{counted(more, 'more match')} not shown")
    if run.passages:
        lines.append(f"{counted(passage_only(run), 'match')} share only passages of many tests:")
    lines += [
        f"{counted(passage.test_items, 'test item')}, "
        f"{counted(passage.train_records, 'training record')}: {passage.text}"
        for passage in (run.passages or ())[:MAX_MATCHES]
    ]
    return "\n".join(lines)
