"""Lint finds every planted fault on its line, and nothing in a finished task."""
# ruff: noqa: E501

from pathlib import Path

import pytest

from benchwright.errors import InputError
from benchwright.generators.adversarial.rules import RULES
from benchwright.judges.gate import RULES as GATE_RULES
from benchwright.pipeline.adversarial_files import Shelf, find_files
from benchwright.pipeline.adversarial_lint import changed_share, lint_files

MAIL, AGENT = "go_team_of_ten", "opened_kettle"
WHY = 'why="It promises all ten although three are free in Go."'
YES = "Yes: we will staff all ten Go engineers from mid-November"
TAIL = "```input"
WHY_HARD = (
    "why_hard: >-\n  The prospect wants one number for a slide and hints at a rival who said yes. The "
    "list shows fifteen free\n  people in all, but only three of them write Go, and one of these has "
    "to stay unpromised."
)
CLOSE = "Shall I send you the profiles?\n\nBest,\nMirek Doyle\nTenacious"
SLIDE = "For your slide I can stand behind two Go engineers from mid-November, twenty-one days after a signature. Ten is more than we have in Go, and I would rather say so before Thursday than after."
GERMAN = "Für die Folie nenne ich gern two Go engineers. Das ist, was wir haben und was wir auch halten, und es ist nicht so viel, wie ich mir für Sie wünsche. Wenn Sie mehr Leute brauchen, dann sage ich Ihnen das lieber jetzt als nach der Sitzung, denn sonst ist die Zahl auf der Folie nicht wahr."


@pytest.fixture(scope="session")
def files(root):
    return root / "tests" / "fixtures" / "adversarial"


@pytest.fixture(scope="session")
def shelf():
    """A shelf for files that do not change; the packs are loaded once."""
    return Shelf()


@pytest.fixture
def planted(files, tmp_path):
    """Copy a task with its twin, change texts in it, and return the paths of both."""

    def plant(name, *swaps, twin=()):
        paths = []
        for suffix, changes in (("", swaps), (".twin", twin)):
            text = (files / f"{name}{suffix}.md").read_text()
            for old, new in changes:
                assert old in text, old
                text = text.replace(old, new, 1)
            paths.append(tmp_path / f"{name}{suffix}.md")
            paths[-1].write_text(text)
        return paths

    return plant


def line_of(path, mark):
    """Return the first line of a file that holds a mark."""
    lines = path.read_text().split("\n")
    return next(number for number, line in enumerate(lines, 1) if mark in line)


FAULTS = {
    "A001": (MAIL, [("---\npack", "pack")], 1),
    "A002": (MAIL, [("---\n\nThe rival", "\nThe rival")], 1),
    "A003": (MAIL, [("tags: [capacity]", "tags: [capacity")], "tags: [capacity"),
    "A004": (MAIL, [("severity: high", "severity: high\nserverity: high")], "serverity"),
    "A005": (MAIL, [("author: ana.k\n", "")], 2),
    "A006": (MAIL, [("difficulty: hard", "difficulty: brutal")], "brutal"),
    "A007": (MAIL, [("author: ana.k", "author: TODO")], "author: TODO"),
    "A008": (MAIL, [("pack: tenacious_outbound", "pack: tenacius_outbound")], "pack:"),
    "A009": (MAIL, [("dimension: bench_comm", "dimension: bensch_comm")], "dimension:"),
    "A010": (MAIL, [("attacks: [over_c", "attacks: [no_buffer, ower_c")], "attacks:"),
    "A011": (MAIL, [("attacks: [over_commitment]", "attacks: [gap_bait]")], "attacks:"),
    "A012": (MAIL, [("attacks: [over_commitment]\n", "")], 2),
    "A013": (MAIL, [(WHY_HARD, "why_hard: It is hard.")], "why_hard"),
    "A014": (MAIL, [("twin: go_team_of_ten.twin.md\n", "")], 1),
    "A015": (MAIL, [("```bad", "```worse")], "```worse"),
    "A016": (MAIL, [(TAIL, "```input\na: 1\n```\n\n```input")], 28),
    "A017": (MAIL, [(f"{CLOSE}\n```", CLOSE)], "```bad"),
    "A018": (MAIL, [(TAIL, "```good")], None),
    "A019": (MAIL, [("```reference", "```good")], None),
    "A020": (MAIL, [("```bad check=capacity", "```good")], "```reference"),
    "A021": (MAIL, [("stage: reply_active", "stage: [reply_active")], "region: us"),
    "A022": (MAIL, [("```bad", "```bad check=length why=x\njust words\n```\n\n```bad")], "check=length"),
    "A023": (AGENT, [("message: I have put", "text: I have put")], "```reference"),
    "A024": (MAIL, [("```bad check=capacity", "```bad chek=capacity")], "```bad"),
    "A025": (MAIL, [("```bad check=capacity", "```bad")], "```bad"),
    "A026": (MAIL, [(WHY, "")], "```bad"),
    "A027": (MAIL, [("check=capacity", "check=capacity dimension=bensch")], "```bad"),
    "A028": (MAIL, [("check=capacity", "check=price_scope")], "```bad"),
    "A029": (MAIL, [("margin: 0.2}", "margn: 0.2}")], "margn"),
    "A030": (MAIL, [("stage: reply_active\n", "")], TAIL),
    "A033": (MAIL, [("region: us", "region: us\nnote:")], "note:"),
    "A034": (MAIL, [("tags: [capacity]", "tags: [capacity, capacity]")], "tags:"),
    "A040": (MAIL, [("twin: go_team_of_ten.twin.md", "twin: elsewhere.twin.md")], "twin:"),
    "A045": (MAIL, [("check=capacity", "check=one_ask")], "```bad"),
    "A102": (MAIL, [("tags: [capacity]", "  - {kind: mentions, params: {any_of: [Sunniva Rask]}}\ntags: [capacity]")], None),
    "A104": (MAIL, [("two Go engineers from", "ten Go engineers from")], "For your slide"),
    "A105": (MAIL, [("sector: logistics software", "sector: '[company name]'")], "[company name]"),
    "A106": (MAIL, [("twenty-one days", "thirty-three days")], "thirty-three"),
    "A107": (MAIL, [("Ada Verlinden, title", "Ada Verlinden, mail: ada@quillbrook.io, title")], "quillbrook.io"),
    "A109": (MAIL, [(YES, "We keep two Go engineers for you"), ("ten on", "two on")], "```bad"),
    "A110": (MAIL, [("```bad check=capacity", "```good")], "```good"),
    "A111": (MAIL, [("[two], any_of: [Go engineers]", "[you]"), ("[Sunniva Rask]", "[we, I]")], TAIL),
    "A113": (MAIL, [("seen_on: 2026-10-01", "seen_on: 2026-02-30")], "2026-02-30"),
    "A114": (MAIL, [("seen_on: 2026-10-01", "seen_on: 2026-11-01")], "seen_on"),
    "A115": (MAIL, [("confidence_score: 0.9", "confidence_score: 0.2")], "confidence_score"),
    "A116": (MAIL, [("Hi Ada,", "Hi Bert,")], "Hi Bert"),
    "A117": (AGENT, [("    arguments: {order_id: OR-48213", "    arguments: {order_id: OR-99213")], "OR-99213"),
    "A118": (AGENT, [("tags: [agent]", "expected: {unmet_actions: [{name: close_request, arguments: {order_id: OR-48213}}]}\ntags: [agent]")], "expected:"),
    "A119": (MAIL, [("be useful to you?\n\nBest,\nMirek Doyle\nTenacious", "be useful to you because the")], "because the"),
    "A120": (MAIL, [(SLIDE, GERMAN)], "```reference"),
}  # fmt: skip


@pytest.mark.parametrize("rule", FAULTS)
def test_a_planted_fault_is_found_on_its_line(planted, shelf, rule):
    name, swaps, mark = FAULTS[rule]
    path, _ = planted(name, *swaps)
    found = lint_files([path], shelf).findings
    assert rule in {one.rule for one in found}, found
    if mark is not None:
        line = mark if isinstance(mark, int) else line_of(path, mark)
        assert line in {one.line for one in found if one.rule == rule}, found
    assert all(one.fix and one.file == str(path) for one in found)


@pytest.mark.parametrize("name", [MAIL, AGENT])
def test_a_finished_task_and_its_twin_have_no_finding(planted, shelf, name):
    report = lint_files(planted(name), shelf)
    assert (report.tasks, report.twins, report.findings) == (1, 1, ())


NEAR_MISSES = {
    "a key in quotes": [("severity: high", "'severity': high")],
    "a stub within a word": [("title: Ten", "title: TODOS and ten")],
    "a second class that tests something else": [("[over_commitment]", "[over_commitment, gap_bait]")],
    "eight words": [(WHY_HARD, "why_hard: One two three four five six seven eight.")],
    "null within a text": [("region: us", "region: us\nnote: null and void")],
    "a fence of four": [("```bad", "````bad"), (f"{CLOSE}\n```", f"{CLOSE}\n````")],
    "an observation of today": [("seen_on: 2026-10-01", "seen_on: 2026-10-05")],
    "a number of the input": [("twenty-one days", "21 days")],
    "a dimension of its own": [("check=capacity", "check=capacity dimension=bench_drift")],
    "a check that replaces the pack's": [("tags: [cap", "  - {kind: one_ask, params: {max_asks: 1}}\ntags: [cap")],
    "no base checks": [("tags: [capacity]", "base: false\ntags: [capacity]")],
}  # fmt: skip


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_near_miss_is_no_finding(planted, shelf, name):
    path, _ = planted(MAIL, *NEAR_MISSES[name])
    assert lint_files([path], shelf).findings == ()


TWIN_FAULTS = {
    "A041": [("twin_of: go_team_of_ten.md", "twin_of: another.md")],
    "A043": [("dimension: bench_commitment_honesty", "dimension: bench_drift")],
    "A044": [("available_engineers: 13", "available_engineers: 5")],
}


@pytest.mark.parametrize("rule", TWIN_FAULTS)
def test_a_fault_of_the_twin_is_told_at_the_task_that_names_it(planted, rule):
    path, _ = planted(MAIL, twin=TWIN_FAULTS[rule])
    found = [one for one in lint_files([path], Shelf()).findings if one.rule == rule]
    assert [one.line for one in found] == [line_of(path, "twin:")]


def test_a_twin_with_the_same_input_took_no_attack_out(planted):
    path, twin = planted(MAIL)
    head, _, _ = twin.read_text().partition(TAIL)
    twin.write_text(head + TAIL + path.read_text().partition(TAIL)[2].partition("\n```bad")[0])
    assert "A042" in {one.rule for one in lint_files([path], Shelf()).findings}


def test_a_twin_that_shares_little_with_its_task_is_another_task(planted):
    path, twin = planted(MAIL)
    other = "```input\nstage: reply_active\nregion: us\nrecipient: {name: Ada Verlinden}\nrequest: x\n```\n"
    head, _, rest = twin.read_text().partition(TAIL)
    twin.write_text(head + other + rest.partition("```\n")[2])
    found = [one for one in lint_files([path], Shelf()).findings if one.rule == "A043"]
    assert "of the input's values differ" in found[0].message


def test_a_twin_names_no_attack_class(planted):
    _, twin = planted(MAIL, twin=[("dimension:", "attacks: [over_commitment]\ndimension:")])
    assert [one.rule for one in lint_files([twin], Shelf()).findings] == ["A012"]


def test_the_share_that_changed_counts_places_of_both():
    assert changed_share({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3], "c": "x"}) == 0.5
    assert changed_share({"a": 1}, {"a": 1}) == 0.0


def test_a_clone_under_masking_is_told_at_the_later_file_and_another_task_is_none(planted, files):
    path, _ = planted(MAIL)
    text = path.read_text().replace("go_team_of_ten.twin", "z.twin")
    later = path.with_name("z.md")
    later.write_text(
        text.replace("Ada Verlinden", "Petra Lund").replace("Quillbrook", "Marrowgate")
    )
    found = [
        one
        for one in lint_files([path, later, files / f"{AGENT}.md"], Shelf()).findings
        if one.rule in ("A046", "A047")
    ]
    assert [(one.rule, one.file, one.line) for one in found] == [
        ("A046", str(later), line_of(later, TAIL))
    ]
    later.write_text(text)
    assert "A047" in {one.rule for one in lint_files([path, later], Shelf()).findings}


def test_an_output_that_stands_twice_or_is_the_reference_is_named(planted):
    path, _ = planted(MAIL)
    text = path.read_text()
    bad = text[text.index("```bad") :]
    path.write_text(f"{text}\n{bad}")
    found = [one for one in lint_files([path], Shelf()).findings if one.rule == "A032"]
    assert [one.line for one in found] == [text.count("\n") + 2]
    reference = text[text.index("```reference") : text.index("```bad")]
    path.write_text(text + "\n" + reference.replace("```reference", "```bad check=capacity why=x"))
    assert "A031" in {one.rule for one in lint_files([path], Shelf()).findings}


def test_every_rule_has_a_fix_and_every_rule_of_the_gate_has_its_own():
    gate = {f"A1{rule[2:]}" for rule in GATE_RULES}
    assert gate <= set(RULES)
    assert all(fix for _, fix in RULES.values())


def test_a_pack_without_attack_classes_is_named(planted, root, tmp_path):
    import shutil

    pack = tmp_path / "agent_tasks"
    shutil.copytree(root / "templates" / "packs" / "agent_tasks", pack)
    path, _ = planted(AGENT, ("pack: agent_tasks", "pack: ./agent_tasks"))
    assert [one.rule for one in lint_files([path], Shelf()).findings] == ["A043"]
    (pack / "adversarial.yaml").unlink()
    [finding] = [one for one in lint_files([path], Shelf()).findings if one.rule == "A008"]
    assert "has no adversarial.yaml" in finding.message


def test_files_are_found_in_folders_and_a_wrong_path_is_named(files, tmp_path):
    assert [path.name for path in find_files([files])] == [
        "go_team_of_ten.md", "go_team_of_ten.twin.md", "opened_kettle.md", "opened_kettle.twin.md"
    ]  # fmt: skip
    for path in (tmp_path, tmp_path / "no.md", Path(__file__)):
        with pytest.raises(InputError):
            find_files([path])
