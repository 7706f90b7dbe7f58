"""The report as SARIF 2.1.0, for code scanning."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from benchwright.canonical import sha256_hex
from benchwright.contamination.reports.facts import (
    MEANINGS,
    accepted_count,
    accepted_entries,
    accepted_text,
    answer,
    counted,
    gaps,
    listed,
    passage_only,
    reason_of,
    sides_of,
    undecided,
)
from benchwright.findings import AcceptedUse, BadRow, CheckReport, Side
from benchwright.markdown import visible
from benchwright.tasks import JsonObject
from benchwright.verdicts import CheckRun, Match, Passage

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
VERDICT_RULE = "verdict"
ACCEPTED_RULE = "accepted"
MAX_UNREAD = 100


def to_sarif(report: CheckReport) -> str:
    """Return a report as SARIF 2.1.0.

    Every match is a result at the test item, with the training item as related location; matches
    that share only passages of many test items are one result a passage. An accepted finding is a
    suppressed result with its reason. A run that could not tell, a verdict that no run explains and
    each of the first rows of a side that could not be read are results of level `error` too.
    """
    said = answer(report)
    rules = _rules(report)
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    results = [
        {**_suppressions(report), **result, "ruleIndex": index[result["ruleId"]]}
        for result in _results(report)
    ]
    name, _, version = report.tool.partition(" ")
    driver = {"name": name or "benchwright", "rules": rules}
    run = {
        "tool": {"driver": {**driver, "version": version} if version else driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": said.verdict != "inconclusive"}],
        "artifacts": [
            {"location": {"uri": file_uri(file.name)}}
            | ({"hashes": {"sha-256": file.sha256}} if file.sha256 else {})
            for side in (report.test, report.train)
            for file in side.files
        ],
        "results": results,
        "properties": {"verdict": said.verdict, "reasons": list(said.reasons)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def file_uri(name: str) -> str:
    """Return a file name as a percent-encoded URI, relative when the name is."""
    path = quote(name, safe="/", errors="replace")
    return f"file://{path}" if name.startswith("/") else path


def _rules(report: CheckReport) -> list[JsonObject]:
    names = dict.fromkeys(run.check for run in report.contamination.runs)
    rules = [
        _rule(name, MEANINGS.get(name, f"The check {visible(name)} found two items too close."))
        for name in names
    ]
    if any(entry.state == "used" for entry in accepted_entries(report)):
        rules.append(_rule(ACCEPTED_RULE, "A person accepted what was found."))
    if gaps(report) and VERDICT_RULE not in names:
        rules.append(_rule(VERDICT_RULE, "The comparison as a whole could not be completed."))
    return rules


def _rule(name: str, meaning: str) -> JsonObject:
    return {
        "id": name,
        "shortDescription": {"text": meaning},
        "defaultConfiguration": {"level": "error"},
    }


def _results(report: CheckReport) -> Iterator[JsonObject]:
    for run in report.contamination.runs:
        for match in listed(run):
            yield _match(run, match, report)
        for passage in run.passages or ():
            yield _passage(run, passage, report)
    for entry in accepted_entries(report):
        if entry.state == "used":
            yield _accepted(entry, report)
    for run in undecided(report):
        yield _could_not_tell(run.check, f"{run.scope}: {reason_of(run)}", report)
    for gap in gaps(report):
        yield _could_not_tell(VERDICT_RULE, gap, report)
    for side in (report.test, report.train):
        for row in side.bad_rows[:MAX_UNREAD]:
            yield _unread(side, row)


def _match(run: CheckRun, match: Match, report: CheckReport) -> JsonObject:
    is_pair = match.left_id is not None and match.right_id is not None
    what = match.title
    if is_pair:
        what = f"test item {match.left_id} is too close to training item {match.right_id}"
    text = f"{run.check}: {what} (score {match.score:.3f}): {match.evidence}"
    key = json.dumps([run.check, run.scope, match.left_id, match.right_id])
    places = [_location(side, name) for side, name, _ in sides_of(match, report)]
    result: JsonObject = {
        "ruleId": run.check,
        "level": "error",
        "kind": "fail",
        "message": {"text": plain(text)},
        "locations": places[:1] or _first_file(report),
        "partialFingerprints": {"benchwrightPair/v1": sha256_hex(key)},
        "properties": {"scope": run.scope, "score": match.score, "status": run.status},
    }
    if is_pair:
        message = {"text": plain(f"training item {match.right_id}")}
        result["relatedLocations"] = [{"id": 1, **places[1], "message": message}]
    return result


def _passage(run: CheckRun, passage: Passage, report: CheckReport) -> JsonObject:
    text = (
        f"{run.check}: {counted(passage.test_items, 'test item')} and "
        f"{counted(passage.train_records, 'training record')} share a passage "
        f"({counted(passage_only(run), 'pair')} share only such passages): {passage.text}"
    )
    key = json.dumps([run.check, run.scope, passage.text])
    return {
        "ruleId": run.check,
        "level": "error",
        "kind": "fail",
        "message": {"text": plain(text)},
        "partialFingerprints": {"benchwrightPassage/v1": sha256_hex(key)},
        "properties": {"scope": run.scope, "status": run.status},
        **_at_first_file(report),
    }


def _accepted(entry: AcceptedUse, report: CheckReport) -> JsonObject:
    text = f"{accepted_count(entry)} accepted until {entry.expires}: {accepted_text(entry)}"
    return {
        "ruleId": ACCEPTED_RULE,
        "level": "note",
        "kind": "review",
        "message": {"text": plain(text)},
        "partialFingerprints": {"benchwrightAccepted/v1": sha256_hex(accepted_text(entry))},
        "properties": {"status": "accepted"},
        "suppressions": [{"kind": "external", "justification": entry.reason}],
        **_at_first_file(report),
    }


def _could_not_tell(rule: str, reason: str, report: CheckReport) -> JsonObject:
    return {
        "ruleId": rule,
        "level": "error",
        "kind": "fail",
        "message": {"text": plain(f"{rule} is inconclusive, which is not clean: {reason}")},
        "partialFingerprints": {"benchwrightStatus/v1": sha256_hex(json.dumps([rule, reason]))},
        "properties": {"status": "inconclusive"},
        **_at_first_file(report),
    }


def _unread(side: Side, row: BadRow) -> JsonObject:
    text = f"a {side.role} row could not be read, so nothing is clean: {row.reason}"
    key = json.dumps([side.role, row.file, row.line, row.reason])
    physical: JsonObject = {"artifactLocation": {"uri": file_uri(row.file)}}
    if row.line:
        physical["region"] = {"startLine": row.line}
    return {
        "ruleId": VERDICT_RULE,
        "level": "error",
        "kind": "fail",
        "message": {"text": plain(text)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"benchwrightUnread/v1": sha256_hex(key)},
        "properties": {"status": "inconclusive"},
    }


def _at_first_file(report: CheckReport) -> JsonObject:
    return {"locations": _first_file(report)} if report.test.files else {}


def _first_file(report: CheckReport) -> list[JsonObject]:
    uris = [file_uri(file.name) for file in report.test.files[:1]]
    return [{"physicalLocation": {"artifactLocation": {"uri": uri}}} for uri in uris]


def _location(side: Side, name: str) -> JsonObject:
    location: JsonObject = {"logicalLocations": [{"name": visible(name), "kind": "object"}]}
    place = side.places.get(name)
    if place and place.file:
        physical: JsonObject = {"artifactLocation": {"uri": file_uri(place.file)}}
        if place.line and place.line > 0:
            physical["region"] = {"startLine": place.line}
        location["physicalLocation"] = physical
    return location


def _suppressions(report: CheckReport) -> JsonObject:
    if report.verdict != "waived":
        return {}
    reasons = "; ".join(waiver.reason for waiver in report.waivers)
    return {"suppressions": [{"kind": "external", "justification": reasons}]}


def plain(text: str) -> str:
    """Return a text in which a SARIF viewer finds no embedded link."""
    return visible(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
