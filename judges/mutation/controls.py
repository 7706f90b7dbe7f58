"""Benign controls: changes that make no task worse; a judge that refuses one cries wolf."""

import re
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from benchwright.judges.mutation.base import (
    Mutant,
    Operator,
    mutant,
    pointer,
    put,
    replace_text,
    texts_in,
)
from benchwright.tasks import Rubric, Task

_WORD = re.compile(r"\b[A-Z][a-z]{4,}\b")
_LOWER = re.compile(r"\b[a-z]{5,}\b")
_FRESH = ("Quenvar", "Bramholt", "Tesselby", "Orvandel", "Lunmarek", "Wistrane")
_REQUESTS = ("request", "prompt", "question", "instruction")
_PARAPHRASES = (
    (re.compile(r"\AWrite the first e-mail to\b"), "Please draft the first e-mail to"),
    (re.compile(r"\ADraft a\b"), "Please write a"),
    (re.compile(r"\AWrite\b"), "Please write"),
    (re.compile(r"\bAnswer with one JSON object\b"), "Reply with a single JSON object"),
    (re.compile(r"\ADraft\b"), "Please draft"),
)
_OPENING = "Please read all of what follows first. "


def _entity_renamed(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    everywhere = " ".join(text for _, text in texts_in(task.model_dump(mode="json")))
    common = {word.capitalize() for word in _LOWER.findall(everywhere)}
    given = Counter(word for _, text in texts_in(task.input) for word in _WORD.findall(text))
    names = [
        name
        for name, count in sorted(given.items())
        if count > 1 and name not in common and re.search(rf"\b[a-z]+,? {name}\b", everywhere)
    ]
    fresh = [name for name in _FRESH if name.lower() not in everywhere.lower()]
    if not names or not fresh:
        return None
    old, new = draw.choice(names), draw.choice(fresh)
    spelling = re.compile(rf"(?<![^\W\d_]){old}(?![^\W\d_])", re.I)

    def renamed(text: str) -> str:
        return spelling.sub(lambda at: new.lower() if at[0].islower() else new, text)

    fields = {
        name: replace_text(task.model_dump(mode="json")[name], renamed)
        for name in ("input", "reference", "expected", "candidates", "rubric")
    }
    return mutant(task, "/", f"{old!r} is {new!r} everywhere", **fields)


def _keys_reordered(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    fields = {
        name: _reversed_keys(getattr(task, name)) for name in ("input", "reference", "expected")
    }
    return mutant(task, "/", "the keys of every object in reverse", **fields)


def _reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed_keys(value[key]) for key in reversed(list(value))}
    if isinstance(value, list):
        return [_reversed_keys(item) for item in value]
    return value


def _checks_reordered(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    if len(task.rubric.checks) < 2:
        return None
    checks = tuple(reversed(task.rubric.checks))
    rubric = Rubric(checks=checks, pass_score=task.rubric.pass_score)
    return mutant(task, "/rubric/checks", "in reverse order", rubric=rubric)


def _candidates_reordered(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    if len(task.candidates) < 2:
        return None
    candidates = tuple(reversed(task.candidates))
    return mutant(task, "/candidates", "in reverse order", candidates=candidates)


def _boilerplate(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = [(path, text) for path, text in texts_in(task.input) if path[0] in _REQUESTS and text]
    if not found:
        return None
    path, text = found[0]
    for pattern, other in _PARAPHRASES:
        changed, count = pattern.subn(other, text, count=1)
        if count:
            break
    else:
        changed = _OPENING + text
    return mutant(
        task, pointer("input", path), "another wording", input=put(task.input, path, changed)
    )


def _retagged(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    return mutant(task, "/tags", "one more tag", tags=(*task.tags, "reviewed"))


CONTROLS = tuple(
    Operator(name=name, dimension=None, defect=defect, apply=apply)
    for name, defect, apply in (
        ("entity_renamed", "a name is another one everywhere", _entity_renamed),
        ("keys_reordered", "the order of keys means nothing", _keys_reordered),
        ("checks_reordered", "the order of checks means nothing", _checks_reordered),
        ("candidates_reordered", "the order of candidates means nothing", _candidates_reordered),
        ("boilerplate_reworded", "the request asks the same in other words", _boilerplate),
        ("retagged", "a tag says nothing of the content", _retagged),
    )
)
