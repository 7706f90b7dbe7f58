from benchwright.leakage import LeakageReport, Row, complete
from tests.core.lineage.test_rules import call

TASK = "0" * 16
AUTHOR, JUDGE = "deepseek/deepseek-chat", "qwen/qwen3-32b"


def report(*judging):
    calls = [call(1, "author", AUTHOR), call(2, "judge", JUDGE), *judging]
    calls = [item.model_copy(update={"row": TASK}) for item in calls]
    row = Row(
        task_id=TASK,
        mode="synthetic",
        cell="c",
        calls=(calls[0].call_id,),
        judged_by="models",
    )
    return complete(LeakageReport(lineage_sha256="0" * 64), [row], calls)


def test_a_comparison_that_another_model_answered_abstains_and_breaks_no_rule():
    for served in ("gpt-4o", AUTHOR, ""):
        found = report(call(3, "pairwise_judge", "mistralai/mistral-small", served))
        assert found.errors == ()
        assert found.rows[0].judges == ("qwen",)
        assert len(found.roster) == 3


def test_one_that_was_answered_as_asked_counts_and_so_does_every_score():
    assert report(call(3, "pairwise_judge", "mistralai/mistral-small")).rows[0].judges == (
        "mistral",
        "qwen",
    )
    kin = report(call(3, "pairwise_judge", "deepseek/deepseek-reasoner"))
    assert {item.rule for item in kin.errors} == {"L001"}
    elsewhere = report(call(3, "judge", "mistralai/mistral-small", "gpt-4o"))
    assert {item.rule for item in elsewhere.errors} == {"L004"}
