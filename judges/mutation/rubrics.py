"""Defects of rubric and candidates: what a judge should find cannot be applied as it stands."""

from collections.abc import Sequence
from random import Random

from benchwright.judges.mutation.base import (
    Mutant,
    Operator,
    main_field,
    mutant,
    pointer,
    prose,
    put,
    replace_text,
    texts_in,
)
from benchwright.tasks import Candidate, CheckSpec, Rubric, Task

_OPINION = "Is the answer good?"
_TWO_IN_ONE = "Is the answer polite, and is every figure in it right?"


def _unscorable(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    only = CheckSpec(kind="model_marker", params={"question": _OPINION}, critical=True)
    return _with_checks(task, "/rubric/checks", "one opinion in place of all checks", [only])


def _double_barrelled(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    extra = CheckSpec(kind="model_marker", params={"question": _TWO_IN_ONE})
    return _added(task, extra, f"asks two things: {_TWO_IN_ONE!r}")


def _contradictory(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    words = sorted({word for word in prose(task).split() if word.isalpha() and len(word) > 4})
    if not words:
        return None
    term = draw.choice(words)
    extra = CheckSpec(kind="avoids", params={"terms": [term]}, critical=True)
    return _added(task, extra, f"forbids {term!r}, which the reference says")


def _duplicated(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    again = draw.choice(task.rubric.checks)
    return _added(task, again, f"check {again.kind!r} a second time")


def _dangling_pointer(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = [
        (index, path, text)
        for index, check in enumerate(task.rubric.checks)
        for path, text in texts_in(check.params)
        if text.startswith("/") and text[1:].split("/")[0] in task.input
    ]
    if not found:
        return None
    index, path, text = draw.choice(found)
    params = put(task.rubric.checks[index].params, path, f"{text}_of_last_year")
    checks = list(task.rubric.checks)
    checks[index] = checks[index].model_copy(update={"params": params})
    where = pointer(f"rubric/checks/{index}/params", path)
    return _with_checks(task, where, f"{text!r} became '{text}_of_last_year'", checks)


def _toothless(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    banned = draw.choice(("utterly bespoke", "paradigm shift", "low-hanging fruit"))
    only = CheckSpec(kind="phrases", params={"banned": [banned]})
    return _with_checks(task, "/rubric/checks", f"only {banned!r} is forbidden", [only])


def _lenient(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    checks = [check.model_copy(update={"critical": False}) for check in task.rubric.checks]
    if len(checks) < 2:
        return None
    rubric = Rubric(checks=tuple(checks), pass_score=0.01)
    return mutant(task, "/rubric/pass_score", "0.01, and nothing critical", rubric=rubric)


def _two_correct(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    key = main_field(task.reference)
    twin = {**task.reference, key: f"{prose(task)}\n"}
    extra = Candidate(output=twin, label="fail", why="labelled as wrong")
    candidates = (*task.candidates, extra)
    where = f"/candidates/{len(task.candidates)}"
    return mutant(task, where, "the reference, labelled bad", candidates=candidates)


def _mislabelled(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    bad = [index for index, one in enumerate(task.candidates) if one.label == "fail"]
    if not bad:
        return None
    index = draw.choice(bad)
    candidates = list(task.candidates)
    candidates[index] = candidates[index].model_copy(update={"label": "pass"})
    where = f"/candidates/{index}/label"
    return mutant(task, where, "'fail' became 'pass'", candidates=tuple(candidates))


def _criterion_drift(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = [
        index
        for index, check in enumerate(task.rubric.checks)
        if check.kind in ("mentions", "communicates", "action_taken") and texts_in(check.params)
    ]
    if not found:
        return None
    index = draw.choice(found)
    checks = list(task.rubric.checks)
    params = replace_text(checks[index].params, lambda text: f"Zebulon {text}")
    checks[index] = checks[index].model_copy(update={"params": params})
    change = "every text of the item now begins with 'Zebulon'"
    return _with_checks(task, f"/rubric/checks/{index}/params", change, checks)


def _added(task: Task, extra: CheckSpec, change: str) -> Mutant:
    where = f"/rubric/checks/{len(task.rubric.checks)}"
    return _with_checks(task, where, change, [*task.rubric.checks, extra])


def _with_checks(task: Task, field: str, change: str, checks: Sequence[CheckSpec]) -> Mutant:
    rubric = Rubric(checks=tuple(checks), pass_score=task.rubric.pass_score)
    return mutant(task, field, change, rubric=rubric)


RUBRIC_OPERATORS = tuple(
    Operator(name=name, dimension="rubric_application_clarity", defect=defect, apply=apply)
    for name, defect, apply in (
        ("unscorable_rubric", "an opinion is all that the rubric asks", _unscorable),
        ("double_barrelled", "one item asks two things", _double_barrelled),
        ("contradictory_rubric", "an item forbids what the reference says", _contradictory),
        ("duplicated_check", "a check counts twice", _duplicated),
        ("dangling_pointer", "an item points at a field that is not there", _dangling_pointer),
        ("toothless_rubric", "an output that says nothing passes", _toothless),
        ("lenient_pass_score", "one check of many is enough to pass", _lenient),
        ("two_correct_answers", "a right output is labelled bad", _two_correct),
        ("mislabelled_candidate", "a bad output is labelled good", _mislabelled),
        ("criterion_drift", "an item asks for what the reference does not say", _criterion_drift),
    )
)
