"""One planted candidate for every reason to leave it out, and one that stays."""

import pytest

from benchwright.pipeline.pair_candidates import Candidate, broken_rules, known_failures
from benchwright.pipeline.pair_filters import Offered, Similarity, sift
from benchwright.preferences import PairSettings
from tests.judges.mutation.conftest import AGENT, MAIL, _make

TASK = _make(MAIL, "own")
WRONG = {
    "subject": "Go engineers",
    "body": "Hello Anna, we will gladly staff the whole team of twelve people by next Monday.",
}


def _candidate(output, lineages=(), **fields):
    values = {"source": "candidate", "writer": "x", "lineages": lineages, "how": "planted"}
    return Candidate(output=output, **{**values, **fields})


def _reasons(*candidates, task=TASK, judges=(), authors=(), per_task=5):
    offered = Offered(task=task, candidates=candidates, judges=judges, authors=authors)
    settings = PairSettings(per_task=per_task, max_cosine_similarity=0.92, seed=0)
    pairs, audits = sift([offered], settings)
    assert len(audits) == len(candidates)
    assert len(pairs) == sum(audit.reason is None for audit in audits)
    return [audit.reason for audit in audits]


def test_a_wrong_output_becomes_a_pair_with_its_measures():
    offered = Offered(task=TASK, candidates=(_candidate(WRONG),), judges=(), authors=())
    settings = PairSettings(per_task=1, max_cosine_similarity=0.92, seed=0)
    [pair], [audit] = sift([offered], settings)
    assert (pair.rejected, audit.status, audit.pair_id) == (WRONG, "kept", pair.id)
    assert audit.chosen_score == 1
    assert audit.rejected_score < 0.8
    assert "mentions" in audit.violates
    assert 0 < audit.cosine_similarity < 0.92


def test_an_output_that_passes_or_is_malformed_is_left_out():
    assert _reasons(_candidate(TASK.reference)) == ["rejected_passes"]
    assert _reasons(_candidate({"body": "no subject"})) == ["malformed"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Hello [Name], we will gladly staff the whole team of twelve.", "placeholder"),
        ("Hello Anna, TODO we will gladly staff the whole team of twelve.", "placeholder"),
        ("Hello Anna [see below], we will gladly staff the whole team.", None),
    ],
)
def test_a_placeholder_is_left_out_and_a_bracket_is_not(body, reason):
    assert _reasons(_candidate({"subject": "Go", "body": body})) == [reason]


def test_a_placeholder_in_the_prompt_is_left_out_too():
    task = _make({**MAIL, "input": {**MAIL["input"], "note": "TBD"}}, "own")
    assert _reasons(_candidate(WRONG), task=task) == ["placeholder"]


def test_an_output_that_changes_one_name_is_too_similar():
    body = TASK.reference["body"].replace("Weiss", "Blum")
    assert body != TASK.reference["body"]
    assert _reasons(_candidate({**TASK.reference, "body": body})) == ["too_similar"]


def test_the_same_output_twice_is_a_duplicate_and_what_comes_after_enough_is_left_out():
    assert _reasons(_candidate(WRONG), _candidate(WRONG)) == [None, "duplicate"]
    other = {**WRONG, "body": "No."}
    assert _reasons(_candidate(WRONG), _candidate(other), per_task=1) == [None, "over_per_task"]


def test_a_task_whose_reference_fails_gives_no_pair():
    task = _make({**MAIL, "reference": {"subject": "Go", "body": "Never mind."}}, "own")
    assert _reasons(_candidate(WRONG), task=task) == ["chosen_fails"]


def test_an_output_that_only_a_model_could_decide_is_left_out():
    """Of six parts of weight five pass without the marker's: .83 of .8, and .67 with one less."""
    marker = {"kind": "model_marker", "params": {"question": "Is it warm?"}}
    checks = [*MAIL["rubric"]["checks"], marker]
    task = _make({**MAIL, "rubric": {"checks": checks, "pass_score": 0.8}}, "own")
    [two_asks] = [one for one in broken_rules(task) if one.how == "breaks one_ask"]
    assert _reasons(two_asks, task=task) == ["rejected_undecided"]


@pytest.mark.parametrize(
    ("judges", "authors", "lineages", "reason"),
    [
        ((), (), None, None),
        (("mistral",), (), None, "unknown_writer"),
        (("mistral",), (), (), None),
        (("mistral",), (), ("deepseek",), None),
        (("mistral", "qwen"), (), ("deepseek", "qwen"), "kin_to_judge"),
        (("mistral",), ("mistral",), (), "kin_to_judge"),
    ],
)
def test_who_wrote_either_output_is_no_kin_of_a_judge(judges, authors, lineages, reason):
    assert _reasons(_candidate(WRONG, lineages), judges=judges, authors=authors) == [reason]


def test_a_model_that_wrote_nothing_leaves_its_reason():
    silent = _candidate(None, source="model", skip="no_reply")
    barred = _candidate(None, source="model", skip="no_writer_allowed")
    assert _reasons(silent, barred) == ["no_reply", "no_writer_allowed"]


def test_rules_break_one_check_each_and_then_more_and_more():
    made = list(broken_rules(TASK))
    alone = [one for one in made if "," not in one.how]
    assert "breaks mentions" in {one.how for one in alone}
    assert "breaks length" not in {one.how for one in alone}
    assert max(one.how.count(",") for one in made) >= 1
    assert all(one.output != TASK.reference for one in made)
    agent = _make(AGENT, "own")
    assert {"breaks action_taken", "breaks no_other_writes"} <= {
        one.how for one in broken_rules(agent)
    }


def test_labelled_failures_know_their_writer():
    assert [one.writer for one in known_failures(TASK, ())] == ["rules", "rules"]
    provenance = TASK.provenance.model_copy(update={"mode": "trace"})
    trace = TASK.model_copy(update={"provenance": provenance})
    assert {(one.writer, one.lineages) for one in known_failures(trace, ())} == {("unknown", None)}


def test_cosine_of_equal_and_of_unrelated_texts():
    similarity = Similarity(["twelve engineers by autumn", "nothing alike here"])
    assert similarity.cosine("twelve engineers", "twelve engineers") == 1
    assert similarity.cosine("twelve engineers", "nothing alike") == 0
