"""Accepted findings and shared passages: what is accepted is said, what is left decides."""

import json
import random
from datetime import date

import pytest

from benchwright.accepted import AcceptedFindings, accepted_text
from benchwright.canonical import sha256_hex
from benchwright.contamination.accepted import draft_accepted, read_accepted
from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.items import Item
from benchwright.contamination.passages import AcceptedPassages
from benchwright.contamination.sources import read_side
from benchwright.contamination.views import to_view
from benchwright.errors import ConfigError, Place
from benchwright.pipeline.contamination import render

TODAY = date(2026, 10, 5)
VOCABULARY = [f"{a}{b}" for a in ("bar", "lor", "min", "tek", "vos") for b in "aeiouklmnprst"]
HOUSE = "Promise, book or reserve nothing that another person decides; name that person at once."


def _text(seed, size=30):
    return " ".join(random.Random(seed).choices(VOCABULARY, k=size))


@pytest.fixture
def check(tmp_path):
    """Check texts against texts with the entries of a file of accepted findings."""

    def loaded(role, texts):
        path = tmp_path / f"{role}.jsonl"
        rows = [{"id": f"{role[:2]}{i}", "input": text} for i, text in enumerate(texts)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return read_side([path], role=role, stated={})

    def run(test, train, entries=None, methods=("ngram",), today=TODAY):
        accepted = None
        if entries is not None:
            path = tmp_path / "accepted.yaml"
            findings = AcceptedFindings.model_validate(entries)
            path.write_text(accepted_text(findings, heading="for the test"))
            accepted = read_accepted(path, today=today)
        return check_sides(
            loaded("test", test),
            loaded("train", train),
            detectors=choose_detectors(methods, run_words=8, min_jaccard=0.8)[0],
            required=methods,
            seed=3,
            accepted=accepted,
        )

    return run


def _passage(text=HOUSE, expires="never"):
    return {"text": text, "reason": "house rule", "expires": expires}


def _pair(left, right, check="ngram", expires="2026-12-31"):
    return {
        "check": check,
        "left": {"id": "te0", "sha256": sha256_hex(left)},
        "right": {"id": "tr0", "sha256": sha256_hex(right)},
        "reason": "both quote the same law",
        "expires": expires,
    }


def test_an_accepted_passage_leaves_the_check_clean_and_is_counted(check):
    sides = [f"{_text(1)} {HOUSE}", _text(2)], [f"{HOUSE} {_text(3)}", _text(4)]
    assert check(*sides).verdict == "flagged"
    report = check(*sides, {"passages": [_passage()]})
    assert report.verdict == "clean"
    assert report.contamination.runs[0].accepted == 1
    [use] = report.accepted.entries
    assert (use.state, use.pairs, use.test_items, use.train_records) == ("used", 1, 1, 1)


def test_a_pair_that_shares_more_stays_found_by_what_is_left(check):
    own = _text(9, 12)
    sides = [f"{_text(1)} {HOUSE} {own}"], [f"{_text(3)} {HOUSE} {own}"]
    [match] = check(*sides, {"passages": [_passage()]}).contamination.runs[0].matches
    assert match.evidence.endswith(own)
    assert match.details["longest_run_words"] <= len(own.split()) + 3
    assert match.score < check(*sides).contamination.runs[0].matches[0].score


@pytest.mark.parametrize(("beside", "verdict"), [(4, "clean"), (5, "flagged")])
def test_a_run_with_five_words_outside_the_passage_is_still_found(check, beside, verdict):
    words = _text(9, beside)
    sides = [f"{_text(1)} {HOUSE} {words}"], [f"{_text(3)} {HOUSE} {words} {_text(4)}"]
    assert check(*sides, {"passages": [_passage()]}).verdict == verdict


def test_two_accepted_passages_side_by_side_hold_the_runs_that_cross_them(check):
    other = "Ask for one thing only."
    sides = [f"{HOUSE} {other} {_text(1)}"], [f"{_text(3)} {HOUSE} {other}"]
    assert check(*sides, {"passages": [_passage(), _passage(other)]}).verdict == "clean"


@pytest.mark.parametrize(
    ("text", "covered"), [("high\nland", 1), ("high land", 0), ("a\nHIGH!", 1), ("highland", 0)]
)
def test_a_passage_of_a_word_or_two_counts_only_as_a_whole_line(text, covered):
    item = Item(id="x", place=Place(), input=text)
    passages = AcceptedPassages(texts=("high",), run_words=8)
    assert sum(map(bool, passages.covered(to_view(item)))) == covered


def test_an_item_that_is_nothing_but_accepted_text_cannot_be_told(check):
    report = check([HOUSE, _text(1)], [_text(2)], {"passages": [_passage()]})
    assert report.verdict == "inconclusive"
    assert report.contamination.runs[0].items_not_comparable == 1


def test_an_expired_entry_accepts_nothing_and_says_so(check):
    sides = [f"{_text(1)} {HOUSE}"], [HOUSE]
    entries = {"passages": [_passage(expires="2026-10-04")]}
    report = check(*sides, entries)
    assert report.verdict == "flagged"
    assert report.accepted.entries[0].state == "expired"
    assert check(*sides, entries, today=date(2026, 10, 4)).verdict == "clean"


def test_an_accepted_pair_is_accepted_by_its_own_check_alone(check):
    text = _text(1)
    report = check([text], [text], {"pairs": [_pair(text, text)]}, ("exact", "ngram"))
    assert {run.check: run.status for run in report.contamination.runs} == {
        "exact": "flagged",
        "ngram": "clean",
    }
    both = {"pairs": [_pair(text, text), _pair(text, text, "exact")]}
    assert check([text], [text], both, ("exact", "ngram")).verdict == "clean"


def test_a_pair_whose_text_changed_is_found_again(check):
    old, new = _text(1), f"{_text(1)} more"
    report = check([new], [old], {"pairs": [_pair(old, old)]})
    assert report.verdict == "flagged"
    assert report.accepted.entries[0].state == "changed"


def test_an_entry_that_matched_nothing_is_listed_as_unused(check):
    entries = {"passages": [_passage()], "pairs": [_pair(_text(1), _text(2))]}
    report = check([_text(1)], [_text(2)], entries)
    assert report.verdict == "clean"
    assert [entry.state for entry in report.accepted.entries] == ["unused", "unused"]


def test_near_duplicates_by_accepted_text_alone_are_accepted_and_others_are_not(check):
    policy = _text(7, 300)
    sides = [f"{policy} {_text(1, 12)}"], [f"{policy} {_text(2, 12)}"]
    assert check(*sides, methods=("minhash",)).verdict == "flagged"
    entries = {"passages": [_passage(policy)]}
    report = check(*sides, entries, ("minhash",))
    assert (report.verdict, report.contamination.runs[0].accepted) == ("clean", 1)
    near = f"{policy} {_text(1, 12)} more"
    assert check(sides[0], [near], entries, ("minhash",)).verdict == "flagged"


def test_a_draft_accepts_exactly_what_was_found(check, tmp_path):
    boiler = _text(50, 12)
    test = [f"{_text(i)} {boiler}" for i in range(10)] + [_text(99)]
    train = [f"{boiler} {_text(i)}" for i in range(20, 30)] + [_text(99)]
    found = check(test, train, methods=("exact", "ngram", "minhash", "masked"))
    draft = draft_accepted(found, reason="known", expires=date(2026, 12, 31))
    assert (len(draft.passages), len(draft.pairs)) == (1, 4)
    again = check(test, train, draft.model_dump(), ("exact", "ngram", "minhash", "masked"))
    assert again.verdict == "clean"
    assert sum(run.accepted or 0 for run in again.contamination.runs) == 104
    assert check([*test, _text(3)], [*train, _text(3)], draft.model_dump()).verdict == "flagged"


def test_what_many_test_items_share_is_one_passage_and_still_a_finding(check):
    boiler = _text(50, 12)
    test = [f"{_text(i)} {boiler} {_text(100 + i)}" for i in range(9)] + [_text(300)]
    train = [f"{_text(30)} {boiler.upper()}", f"{_text(31)} {_text(300)}"]
    [run] = check(test, train).contamination.runs
    [passage] = run.passages
    assert passage.text == boiler
    assert (passage.words, passage.test_items, passage.train_records) == (12, 9, 1)
    only = {match.left_id: match.details["passage_only"] for match in run.matches}
    assert only == {f"te{i}": True for i in range(9)} | {"te9": False}
    assert run.status == "flagged"


def test_what_seven_test_items_share_is_no_passage_yet(check):
    boiler = _text(50, 12)
    [run] = check([f"{_text(i)} {boiler}" for i in range(7)], [boiler]).contamination.runs
    assert run.passages is None
    assert len(run.matches) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("passages:\n- text: a b\n  expires: never\n", r"yaml:2 \(passages\[0\].reason\).*missing"),
        (
            "passages:\n- text: a\n  reason: x\n  expires: soon\n",
            r"yaml:4 \(passages\[0\].expires\): give a day such as 2027-01-31, or never",
        ),
        ("passages:\n- text: a\n  reason: ' '\n  expires: never\n", r"yaml:3 .*say something"),
        ("passages:\n- text: '?'\n  reason: x\n  expires: never\n", r"yaml:2 .*holds no word"),
        ("pair: []\n", "did you mean 'pairs'"),
        ("pairs:\n- {check: ngram, reason: x, expires: never}\n", r"pairs\[0\].left"),
    ],
)
def test_a_wrong_file_is_refused_with_file_line_and_field(tmp_path, text, said):
    path = tmp_path / "accepted.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_accepted(path, today=TODAY)


@pytest.mark.parametrize("name", ["markdown", "html", "sarif", "junit", "report"])
def test_every_report_names_what_was_accepted_and_groups_what_many_share(check, name):
    boiler = _text(50, 12)
    test = [f"{_text(i)} {HOUSE} {_text(60 + i)} {boiler}" for i in range(9)]
    entries = {"passages": [_passage(), _passage("unheard of", "2026-10-01")]}
    text = render(check(test, [f"{HOUSE} {_text(30)} {boiler}"], entries), name)
    assert "Promise, book or reserve nothing" in text
    assert "house rule" in text
    assert "2026-10-01" in text
    assert boiler in text
    assert name == "report" or text.count("te3") <= 1


def test_sarif_shows_an_accepted_passage_as_a_suppressed_note(check):
    report = check([f"{_text(1)} {HOUSE}"], [HOUSE], {"passages": [_passage()]})
    [result] = json.loads(render(report, "sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("accepted", "note")
    assert result["suppressions"][0]["justification"] == "house rule"


def _sides(tmp_path, **dates):
    """A test side with dates, a clean training side."""
    rows = {
        "test": [
            {"id": f"t{i}", "input": _text(i), "event_date": day, "as_of": "2026-03-01"}
            for i, day in enumerate(("2026-01-01", "2026-01-02", dates.get("last", "2026-05-01")))
        ],
        "train": [{"id": f"r{i}", "input": _text(100 + i)} for i in range(3)],
    }
    for role, held in rows.items():
        text = "".join(json.dumps(row) + "\n" for row in held)
        (tmp_path / f"{role}.jsonl").write_text(text)


def _check_dates(tmp_path, *, today=TODAY):
    stated = {"input": ("input",), "event_date": ("event_date",), "as_of": ("as_of",)}
    path = tmp_path / "accepted.yaml"
    return check_sides(
        read_side([tmp_path / "test.jsonl"], role="test", stated=stated),
        read_side([tmp_path / "train.jsonl"], role="train", stated={}),
        detectors=choose_detectors(("time",), run_words=8, min_jaccard=0.8)[0],
        required=("time",),
        seed=3,
        accepted=read_accepted(path, today=today) if path.exists() else None,
    )


def test_a_finding_of_one_item_is_accepted_in_its_own_words_until_its_day(tmp_path):
    _sides(tmp_path)
    report = _check_dates(tmp_path)
    [match] = report.contamination.runs[0].matches
    assert (report.verdict, match.left_id, match.right_id) == ("flagged", "t2", None)
    draft = draft_accepted(report, reason="a planned event", expires=TODAY)
    [entry] = draft.lone
    assert (entry.check, entry.side, entry.evidence) == ("time", "test", match.evidence)
    assert (draft.pairs, draft.passages) == ((), ())
    (tmp_path / "accepted.yaml").write_text(accepted_text(draft, heading="for the test"))

    accepted = _check_dates(tmp_path)
    [run], [use] = accepted.contamination.runs, accepted.accepted.entries
    assert (accepted.verdict, run.status, run.matches, run.accepted) == ("clean", "clean", (), 1)
    assert (use.kind, use.state, use.pairs, use.test_items, use.train_records) == (
        ("lone", "used", 1, 1, 0)
    )
    for name in ("markdown", "html", "sarif", "junit"):
        assert "a planned event" in render(accepted, name)

    lapsed = _check_dates(tmp_path, today=date(2026, 10, 6))
    assert (lapsed.verdict, lapsed.accepted.entries[0].state) == ("flagged", "expired")
    _sides(tmp_path, last="2026-06-01")
    other = _check_dates(tmp_path)
    assert (other.verdict, other.accepted.entries[0].state) == ("flagged", "unused")


def test_a_finding_is_not_accepted_once_its_item_says_something_else(tmp_path):
    _sides(tmp_path)
    draft = draft_accepted(_check_dates(tmp_path), reason="planned", expires="never")
    (tmp_path / "accepted.yaml").write_text(accepted_text(draft, heading="for the test"))
    path = tmp_path / "test.jsonl"
    path.write_text(path.read_text().replace(_text(2), f"{_text(2)} more"))
    report = _check_dates(tmp_path)
    assert (report.verdict, report.accepted.entries[0].state) == ("flagged", "changed")
