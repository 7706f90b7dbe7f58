"""Defects of the reference: the ground truth that a judge should find it cannot verify."""

import re
from collections.abc import Sequence
from random import Random

from benchwright.judges.agents import recipient_name
from benchwright.judges.mutation.base import (
    NAME,
    Mutant,
    Operator,
    main_field,
    mutant,
    nodes,
    pointer,
    prose,
    put,
    replace_text,
    texts_in,
)
from benchwright.tasks import JsonObject, Task

_NUMBER = re.compile(r"(?<![\w.,:/#-])\d{1,3}(?:,\d{3})*(?![\w:/]|-\d|[.,]\d)")
_PARAGRAPH_WORDS = 12
_STRANGERS = ("Oluwaseun Bramwell", "Ingeborg Castellane", "Thaddeus Quillfeather")
_GERMAN_WORDS = (
    "the=die a=eine an=ein and=und or=oder of=von in=in to=zu is=ist are=sind was=war we=wir "
    "you=Sie your=Ihre our=unsere for=für with=mit that=dass this=diese not=nicht have=haben "
    "has=hat can=können will=werden would=würden at=bei on=auf from=aus it=es as=als by=durch "
    "if=wenn what=was which=welche who=wer how=wie more=mehr than=als i=ich be=sein us=uns "
    "engineers=Entwickler team=Mannschaft people=Leute work=Arbeit week=Woche days=Tage "
    "month=Monat start=beginnen help=helfen need=brauchen order=Bestellung visit=Besuch "
    "moved=verlegt sent=gesendet booked=gebucht asked=gebeten wait=warten gone=gegangen "
    "hi=Hallo dear=Liebe best=Beste regards=Grüße thanks=Danke roles=Stellen open=offen no=kein "
    "one=eins there=dort here=hier when=wann now=jetzt still=noch mail=Brief"
)
_GERMAN = dict(pair.split("=") for pair in _GERMAN_WORDS.split(" "))
_GERMAN_SENTENCES = (
    "Das ist erledigt {kept}, und wir haben alles so gebucht, wie es die Regeln verlangen.",
    "Ich habe das für Sie geprüft {kept}; mehr ist nicht zu tun, und wir melden uns wieder.",
)
_SHORT_WORDS = 30


def _swapped(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    kin = set(task.provenance.lineage_keys)
    strangers = [
        other
        for other in others
        if other.reference.keys() == task.reference.keys()
        and prose(other) != prose(task)
        and (
            "actions" not in task.reference or _actions(other.reference) != _actions(task.reference)
        )
        and not kin & set(other.provenance.lineage_keys)
    ]
    if not strangers:
        return None
    other = draw.choice(strangers)
    return mutant(task, "/reference", f"the reference of {other.id}", reference=other.reference)


def _emptied(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    empty = {key: _nothing(value) for key, value in task.reference.items()}
    return mutant(task, "/reference", "emptied", reference=empty)


def _nothing(value: object) -> object:
    return [] if isinstance(value, list) else "" if isinstance(value, str) else value


def _truncated(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    text = prose(task)
    words = list(re.finditer(r"\S+", text))
    inner = [
        word for word in words[len(words) * 3 // 10 : len(words) * 7 // 10] if word[0][-1].isalpha()
    ]
    if len(words) < _PARAGRAPH_WORDS or not inner:
        return None
    cut = text[: draw.choice(inner).end()]
    return _with_prose(task, cut, f"cut after {cut[-30:]!r}")


def _number_drift(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    text = prose(task)
    found = [number for number in _NUMBER.finditer(text) if number[0] != "0"]
    if not found:
        return None
    one = draw.choice(found)
    new = f"{int(one[0].replace(',', '')) * 10 + 7:,}"
    return _with_prose(
        task, text[: one.start()] + new + text[one.end() :], f"{one[0]!r} became {new!r}"
    )


def _wrong_language(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    text = prose(task)
    if not text.strip():
        return None
    if len(text.split()) < _SHORT_WORDS:
        kept = " ".join(re.findall(r"\S*\d\S*", text))
        german = draw.choice(_GERMAN_SENTENCES).format(kept=kept)
        return _with_prose(task, german, "a German sentence with the same numbers")
    german = re.sub(r"[A-Za-z]+", lambda at: _GERMAN.get(at[0].lower(), at[0]), text)
    return _with_prose(task, german, "its common words in German")


def _stub(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    text = prose(task)
    found = list(NAME.finditer(text))
    if not found:
        return None
    one = draw.choice(found)
    new = draw.choice(("[Company]", "[Name]", "{{ name }}", "TBD"))
    changed = text[: one.start()] + new + text[one.end() :]
    return _with_prose(task, changed, f"{one[0]!r} became {new!r}")


def _persona_mismatch(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    name = recipient_name(task.input)
    if name is None or name.split()[0] not in prose(task):
        return None
    at = next(
        path
        for path, text in texts_in(task.input)
        if text == name and path[-1] == "name" and len(path) == 2
    )
    new = draw.choice([stranger for stranger in _STRANGERS if stranger.split()[0] not in name])
    where = pointer("input", at)
    return mutant(task, where, f"{name!r} became {new!r}", input=put(task.input, at, new))


def _wrong_action(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    actions = _actions(task.reference)
    known = sorted(
        {str(tool["name"]) for tool in task.input.get("tools", []) if _is_named(tool)}
        - {str(action["name"]) for action in actions}
    )
    if not actions or not known:
        return None
    index, name = draw.randrange(len(actions)), draw.choice(known)
    changed = put(task.reference, ("actions", index, "name"), name)
    change = f"{actions[index]['name']!r} became {name!r}"
    return mutant(task, f"/reference/actions/{index}/name", change, reference=changed)


def _wrong_argument(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = [
        (path, leaf)
        for path, leaf in nodes(_actions(task.reference))
        if "arguments" in path and isinstance(leaf, str | int | float) and leaf
    ]
    if not found:
        return None
    path, value = draw.choice(found)
    new = f"{value}-X" if isinstance(value, str) else not value if value is True else value * 10 + 7
    changed = put(task.reference, ("actions", *path), new)
    where = pointer("reference", ("actions", *path))
    return mutant(task, where, f"{value!r} became {new!r}", reference=changed)


def _action_missing(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    actions = _actions(task.reference)
    if not actions:
        return None
    index = draw.randrange(len(actions))
    kept = [action for place, action in enumerate(actions) if place != index]
    reference = {**task.reference, "actions": kept}
    change = f"{actions[index]['name']!r} left out"
    return mutant(task, f"/reference/actions/{index}", change, reference=reference)


def _dangling_reference(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = sorted(
        {
            leaf
            for path, leaf in texts_in(_actions(task.reference))
            if "arguments" in path and re.fullmatch(r"(?=\S*\d)(?=\S*[A-Za-z])[\w#-]{5,40}", leaf)
        }
    )
    if not found or not any(found[0] in text for _, text in texts_in(task.input)):
        return None
    old = draw.choice(found)
    new = re.sub(r"\d", lambda digit: str((int(digit[0]) + 3) % 10), old)

    def change(text: str) -> str:
        return text.replace(old, new)

    rubric = replace_text(task.rubric.model_dump(mode="json"), change)
    return mutant(
        task,
        "/reference/actions",
        f"{old!r} became {new!r}, which the input does not know",
        reference=replace_text(task.reference, change),
        expected=replace_text(task.expected, change),
        rubric=rubric,
    )


def _expected_action_drift(task: Task, draw: Random, others: Sequence[Task]) -> Mutant | None:
    found = [
        (path, leaf)
        for path, leaf in texts_in(task.expected)
        if str(path[0]) in ("unmet_actions", "remaining_actions") and path[-1] != "name"
    ]
    if not found:
        return None
    path, value = draw.choice(found)
    new = f"{value}-X"
    changed = put(task.expected, path, new)
    return mutant(task, pointer("expected", path), f"{value!r} became {new!r}", expected=changed)


def _actions(output: JsonObject) -> list[JsonObject]:
    actions = output.get("actions")
    return actions if isinstance(actions, list) else []


def _is_named(tool: object) -> bool:
    return isinstance(tool, dict) and isinstance(tool.get("name"), str)


def _with_prose(task: Task, text: str, change: str) -> Mutant:
    key = main_field(task.reference)
    return mutant(task, f"/reference/{key}", change, reference={**task.reference, key: text})


REFERENCE_OPERATORS = tuple(
    Operator(name=name, dimension="ground_truth_verifiability", defect=defect, apply=apply)
    for name, defect, apply in (
        ("reference_swapped", "the reference answers another task", _swapped),
        ("reference_emptied", "the reference says and does nothing", _emptied),
        ("reference_truncated", "the reference breaks off in a sentence", _truncated),
        ("number_drift", "a number of the reference is ten times what it was", _number_drift),
        ("wrong_language", "the reference is in another language than the task", _wrong_language),
        ("stub_reference", "the reference holds a placeholder", _stub),
        (
            "persona_mismatch",
            "the recipient is another person than the reference greets",
            _persona_mismatch,
        ),
        ("wrong_action", "the reference calls another tool", _wrong_action),
        ("wrong_argument", "an argument of the reference's action is wrong", _wrong_argument),
        ("action_missing", "the reference leaves out an action", _action_missing),
        (
            "dangling_reference",
            "an id that the input lacks, in reference and rubric alike",
            _dangling_reference,
        ),
        (
            "expected_action_drift",
            "expected and reference name different actions",
            _expected_action_drift,
        ),
    )
)
