"""A scan through the renderers of `check`: what could not be told is drawn, never as clean."""

from importlib import import_module
from pathlib import Path

import pytest

from benchwright.contamination.reports.scans import to_check_report
from tests.contamination.scan.conftest import prose

TASKS = [prose(seed, 60) for seed in range(6)]
CLEAN = [prose(seed, 200) for seed in range(100, 120)]


@pytest.fixture(params=["html", "markdown", "sarif", "junit"])
def rendered(request):
    module = import_module(f"benchwright.contamination.reports.{request.param}")
    return lambda report: getattr(module, f"to_{request.param}")(to_check_report(report))


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        ('{"text": "torn', {}, "not JSON"),
        ("", {"fields": ("nope",)}, "no record has a field named nope"),
        ('{"text": "torn', {"allow_inconclusive": "known torn line"}, "known torn line"),
        ('{"text": "torn', {"containment": True}, "not JSON"),
    ],
)
def test_what_could_not_be_read_is_drawn(scan, corpus, rendered, line, changes, said):
    path = corpus("a.jsonl", CLEAN)
    with Path(path).open("a") as file:
        file.write(line)
    report = scan(TASKS, path, **changes)
    assert report.verdict == ("waived" if "allow_inconclusive" in changes else "inconclusive")
    shown = rendered(report)
    terse = "waived" if report.verdict == "waived" else "inconclusive"
    assert said in shown or terse in shown.lower()


def test_a_copy_and_an_edited_copy_stand_under_the_checks_that_found_them(scan, corpus, rendered):
    edited = " ".join("other" if at % 6 == 1 else word for at, word in enumerate(TASKS[3].split()))
    report = scan(TASKS, corpus("a.jsonl", [*CLEAN, TASKS[1], edited]), containment=True)
    runs = to_check_report(report).contamination.runs
    found = {run.check: [match.left_id for match in run.matches] for run in runs}
    assert found == {"ngram": ["t1"], "containment": ["t3"]}
    assert "None" not in rendered(report)


def test_a_clean_scan_is_drawn_as_clean(scan, corpus):
    report = scan(TASKS, corpus("a.jsonl", CLEAN), containment=True)
    shown = to_check_report(report)
    assert [run.status for run in shown.contamination.runs] == ["clean", "clean"]
    assert shown.verdict == "clean"
