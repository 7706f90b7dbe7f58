import json

import pytest

from benchwright import ConfigError, InputError
from benchwright.judges.bound import Binding, Calibration, expired_because
from benchwright.judges.calibration import calibrate
from benchwright.judges.judgements import Judgement, parse_field_map, read_judgements
from benchwright.judges.panel.offline import offline_verdict
from benchwright.judges.panel.prompts import DIMENSIONS

SYNTH = "data/tenacious-bench-synth"


def _said(task, decision, *, judge="judge/a", kind="model", score=None):
    scores = {} if score is None else {"clarity": score}
    return Judgement(task_id=task, judge=judge, kind=kind, decision=decision, scores=scores)


def _sample(*cells):
    """Return labels and verdicts of (count, label, verdict, label score, judge score)."""
    labels, verdicts = [], []
    for count, label, verdict, label_score, judge_score in cells:
        for _ in range(count):
            task = f"t{len(labels):03d}"
            labels.append(_said(task, label, judge="ana", kind="person", score=label_score))
            verdicts.append(_said(task, verdict, score=judge_score))
    return labels, verdicts


GOOD = (
    (70, "accept", "accept", 5, 5),
    (10, "accept", "accept", 4, 4),
    (4, "reject", "accept", 2, 4),
    (26, "reject", "reject", 2, 2),
)


def _run(labels, verdicts, **options):
    return calibrate(labels, verdicts, **{"max_false_accepts": 0.1, **options})


def test_real_double_judgements_flip_in_17_of_50_and_calibrate_nothing(shared):
    labels = read_judgements(shared / SYNTH / "eval_calibration_log.jsonl")
    report = _run(labels, read_judgements(shared / SYNTH / "judge_filter_log.jsonl"))
    assert (report.tasks, report.flip_rate.value) == (50, 0.34)
    assert len(report.accepted_then_rejected) == 17
    assert report.accepted_then_rejected[0] == "TBENCH-MUL-00029"
    assert report.rejected_then_accepted == ()
    assert report.decisions.kappa.status == "undefined"
    assert any(problem.startswith("accepts only: kappa undefined") for problem in report.problems)
    assert any("openai/gpt-5-mini" in problem for problem in report.problems)
    assert (report.level, report.usable_for) == ("smoke", "nothing")
    assert (report.minimum.status, report.minimum.min_score) == ("insufficient", None)


def test_110_labels_by_a_person_may_gate_and_choose_the_minimum():
    report = _run(*_sample(*GOOD))
    assert (report.level, report.usable_for, report.problems) == ("gate", "gate", ())
    # of 30 rejects a minimum of 4 lets in 4 (.133), a minimum of 5 none
    assert report.minimum.min_score == 5
    assert report.minimum.false_accepts.status == "insufficient"
    assert report.minimum.true_accepts.value == 70 / 80
    assert _run(*_sample(*GOOD), max_false_accepts=0.14).minimum.min_score == 3
    assert report.dimensions["clarity"].agreement.value == pytest.approx(106 / 110)
    assert report.decisions.judge_base_rates["accept"] == pytest.approx(84 / 110)


def test_the_same_labels_made_by_a_model_calibrate_nothing():
    labels, verdicts = _sample(*GOOD)
    made = [_said(one.task_id, one.decision, judge="gpt", score=5) for one in labels]
    report = _run(made, verdicts)
    assert (report.usable_for, report.minimum.status) == ("nothing", "undefined")
    assert report.problems == ("labels made by a model (gpt) cannot calibrate a model",)


def test_labels_that_are_all_accepts_leave_kappa_undefined():
    report = _run(*_sample((90, "accept", "accept", 5, 5), (20, "accept", "reject", 5, 2)))
    assert report.problems[0].startswith("accepts only: kappa undefined. The labels")
    assert report.usable_for == "nothing"


def test_fewer_than_50_labels_say_insufficient_and_no_number():
    report = _run(*_sample((20, "accept", "accept", 5, 5), (20, "reject", "reject", 2, 2)))
    assert (report.level, report.usable_for) == ("insufficient", "nothing")
    figures = (report.decisions.agreement, report.decisions.kappa, report.flip_rate)
    assert [figure.value for figure in figures] == [None, None, None]


def test_no_minimum_is_chosen_where_none_keeps_to_the_rate():
    report = _run(*_sample((60, "accept", "accept", 5, 5), (60, "reject", "accept", 2, 5)))
    assert report.minimum.status == "undefined"


def test_labels_count_by_majority_and_a_tie_is_left_out():
    labels, verdicts = _sample(*GOOD)
    tie = [_said("t000", "reject", judge="ben", kind="person")]
    two = [_said("t001", "reject", judge=name, kind="person") for name in ("ben", "cai")]
    report = _run([*labels, *tie, *two], verdicts)
    assert (report.ties, report.tasks) == (1, 109)
    assert "t001" in report.accepted_then_rejected


def test_undecided_and_unjudged_tasks_are_counted_and_left_out():
    labels, verdicts = _sample(*GOOD)
    verdicts[0] = _said("t000", None)
    report = _run(labels, [one for one in verdicts if one.task_id != "t001"])
    assert (report.undecided, report.not_judged, report.tasks) == (1, 1, 108)


def test_a_second_verdict_goes_to_the_retest_rate():
    labels, verdicts = _sample(*GOOD)
    again = [*verdicts[:59], _said("t059", "reject")]
    report = _run(labels, [*verdicts, *again])
    assert report.retest_rate.value == pytest.approx(59 / 60, abs=1e-6)
    assert _run(labels, verdicts).retest_rate.status == "undefined"


def test_a_log_of_two_judges_asks_which():
    labels, verdicts = _sample(*GOOD)
    both = [*verdicts, _said("t000", "reject", judge="judge/b")]
    with pytest.raises(ConfigError, match="judge/a, judge/b"):
        _run(labels, both)
    assert _run(labels, both, judge="judge/a").judge == "judge/a"
    with pytest.raises(ConfigError, match="did you mean 'judge/a'"):
        _run(labels, both, judge="judge/aa")


def test_a_calibration_holds_until_lineage_prompt_or_rubric_changes():
    binding = Binding(lineage=("mistral",), prompt_sha256="a" * 64, rubric_sha256="b" * 64)
    made = Calibration(binding=binding, labels_sha256="c" * 64, report=_run(*_sample(*GOOD)))
    assert Calibration.model_validate_json(made.to_json()) == made
    assert expired_because(made, binding) == ()
    for field, value in (
        ("lineage", ("openai",)),
        ("prompt_sha256", "d" * 64),
        ("rubric_sha256", "d" * 64),
    ):
        [why] = expired_because(made, binding.model_copy(update={field: value}))
        assert field.partition("_")[0] in why


def _file(tmp_path, *rows):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


LABEL = {"task_id": "t", "annotator": "ana", "kind": "person", "decision": "accept"}


def test_a_score_of_9_is_no_score_and_every_bad_line_is_named(tmp_path):
    path = _file(tmp_path, LABEL, {**LABEL, "scores": {"clarity": 9}}, {**LABEL, "decision": "ok"})
    with pytest.raises(InputError, match=r"line 2: score 9 .* line 3: decision 'ok'"):
        read_judgements(path)
    [read] = read_judgements(_file(tmp_path, {**LABEL, "scores": {"clarity": 5}}))
    assert (read.kind, read.scores) == ("person", {"clarity": 5})


def test_who_made_a_label_is_never_guessed(tmp_path):
    with pytest.raises(InputError, match="kind is None: say person or model"):
        read_judgements(_file(tmp_path, {**LABEL, "kind": None}))


def test_a_foreign_file_is_read_by_its_map(tmp_path):
    foreign = {"row": {"key": "t"}, "by": "ana", "kind": "person", "verdict": "FAIL"}
    entries = ("labels.task_id=row.key", "labels.judge=by", "labels.decision=verdict")
    [read] = read_judgements(_file(tmp_path, foreign), parse_field_map(entries, "labels"))
    assert (read.task_id, read.judge, read.decision) == ("t", "ana", "reject")
    assert parse_field_map(entries, "log") == {}
    with pytest.raises(ConfigError, match=r"did you mean 'labels\.task_id'"):
        parse_field_map(["labels.taskid=x"], "labels")


def test_our_own_verdicts_are_read_as_a_log(tmp_path, make_task):
    task = make_task([{"kind": "one_ask", "params": {}}], {"subject": "Go", "body": "Shall we?"})
    verdict = offline_verdict(task, dict.fromkeys(DIMENSIONS, 3)).model_dump(mode="json")
    [read] = read_judgements(_file(tmp_path, verdict))
    assert (read.task_id, read.judge, read.kind) == (task.id, "offline/rules", "model")
    assert (read.decision, set(read.scores)) == ("reject", set(DIMENSIONS))
