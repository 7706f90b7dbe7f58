import json

import pytest

from benchwright.contamination.reports.sarif import file_uri, to_sarif


def run_of(report):
    log = json.loads(to_sarif(report))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


def test_a_match_is_a_result_at_file_and_line(make):
    run = run_of(make.flagged())
    (result,) = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["minhash"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("minhash", 0, "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data%20dir/test.jsonl"
    assert place["region"]["startLine"] == 7
    related = result["relatedLocations"][0]["physicalLocation"]
    assert related["artifactLocation"]["uri"] == "data%20dir/train.jsonl"


def test_a_clean_report_has_no_result(make):
    run = run_of(make.report(make.run()))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


@pytest.mark.parametrize("said", ["inconclusive", "clean"])
def test_an_inconclusive_run_is_an_error(make, said):
    run = run_of(make.report(make.run("inconclusive"), verdict=said))
    (result,) = run["results"]
    assert result["level"] == "error"
    assert "found 5 of 8 planted copies" in result["message"]["text"]
    assert run["properties"]["verdict"] == "inconclusive"
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_unread_rows_and_missing_checks_are_errors(make):
    side = make.side("test", bad_rows=(make.bad_row,))
    report = make.report(
        make.run(),
        make.run("not_run", check="lineage"),
        test=side,
        required=("lineage",),
        verdict="inconclusive",
    )
    run = run_of(report)
    assert [r["ruleId"] for r in run["results"]] == ["verdict"] * 3
    assert all(r["level"] == "error" for r in run["results"])
    unread = run["results"][2]
    assert "a test row could not be read" in unread["message"]["text"]
    assert unread["message"]["text"].endswith("not JSON")
    place = unread["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "test.jsonl"}
    assert place["region"] == {"startLine": 4}


def test_a_waived_result_is_suppressed_with_its_reason(make):
    report = make.report(make.run("inconclusive"), waivers=(make.waiver,), verdict="waived")
    (result,) = run_of(report)["results"]
    assert result["suppressions"][0]["justification"] == "accepted by Ada"
    unwaived = run_of(make.report(make.run("inconclusive"), waivers=(make.waiver,)))
    assert "suppressions" not in unwaived["results"][0]


def test_hostile_text_is_json_without_links(make, payload):
    run = run_of(make.hostile(payload))
    for result in run["results"]:
        message = result["message"]["text"]
        assert "[" not in message.replace("\\[", "")
        assert "\x00" not in message
    for artifact in run["artifacts"]:
        uri = artifact["location"]["uri"]
        assert uri.isascii()
        assert not set(uri) & set(" <>\"'`{}|\\^[]:")


def test_uris_are_percent_encoded():
    assert file_uri("a b/ü#?.jsonl") == "a%20b/%C3%BC%23%3F.jsonl"
    assert file_uri("javascript:alert(1)") == "javascript%3Aalert%281%29"
    assert file_uri("/data/x.jsonl") == "file:///data/x.jsonl"
