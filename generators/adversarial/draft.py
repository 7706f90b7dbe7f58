"""Drafts: a new file to fill in, and the benign twin of a finished one."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchwright.attacks import AttackClass, Severity
from benchwright.errors import ConfigError, Place, nearest
from benchwright.generators.adversarial.document import Document, FrontMatter
from benchwright.generators.adversarial.tasks import fill, taxonomy_of
from benchwright.packs import Pack
from benchwright.tasks import Candidate, CheckSpec, Difficulty, JsonObject

TWIN_SUFFIX = ".twin.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `adversarial new` asks for."""

    pack: str
    title: str
    dimension: str
    attacks: tuple[str, ...]
    severity: Severity
    difficulty: Difficulty
    author: str
    date: date
    why_hard: str


def new_document(answers: Answers, pack: Pack, *, name: str) -> Document:
    """Return a file to fill in: the pack's skeleton, and the checks that its classes usually need.

    Args:
        answers: What the author said.
        pack: The pack that is meant.
        name: Name of the file, without its suffix; the twin is called after it.

    Raises:
        ConfigError: If a class or the dimension is not one of the pack.
    """
    if answers.dimension not in pack.spec.dimension_names():
        raise ConfigError(
            f"pack {pack.name!r} has no dimension {answers.dimension!r}",
            fix=nearest(answers.dimension, pack.spec.dimension_names()),
        )
    taxonomy = taxonomy_of(pack)
    classes = [_class(pack, attack) for attack in answers.attacks]
    input = fill(pack, taxonomy.input, {})
    for part in dict.fromkeys(part for one in classes for part in one.parts):
        input |= fill(pack, taxonomy.parts[part], {})
    input |= _rules(pack, classes)
    reference = fill(pack, taxonomy.reference, {})
    checks = _checks(pack, classes, {"input": input, "reference": reference})
    first = next((check.kind for check in checks if check.critical), None)
    bad = Candidate(output=reference, label="fail", check=first, why="TODO: what it does wrong")
    return Document(
        head=FrontMatter(
            pack=answers.pack,
            title=answers.title,
            dimension=answers.dimension,
            attacks=answers.attacks,
            severity=answers.severity,
            difficulty=answers.difficulty,
            author=answers.author,
            date=answers.date,
            why_hard=answers.why_hard,
            twin=f"{name}{TWIN_SUFFIX}",
            checks=checks,
        ),
        notes="\n\n".join(f"{one.title}. {one.how}" for one in classes),
        input=input,
        reference=reference,
        outputs=(bad.model_copy(update={"output": _as_bad(reference)}),),
    )


def twin_document(
    document: Document,
    pack: Pack,
    *,
    name: str,
    changes: Mapping[str, Any],
    removed: Sequence[str],
) -> Document:
    """Return the benign twin of a task as a draft: no attack classes, no bad outputs.

    Args:
        document: The task.
        pack: Its pack, which says how each class is taken out.
        name: File name of the task.
        changes: New values by JSON pointer into the input.
        removed: JSON pointers of what leaves the input.

    Raises:
        ConfigError: If a pointer names nothing in the input.
    """
    input = copy.deepcopy(document.input)
    for pointer, value in changes.items():
        _set(input, pointer, value)
    for pointer in sorted(removed, key=_sort_key, reverse=True):
        _set(input, pointer, None, remove=True)
    classes = [_class(pack, attack) for attack in document.head.attacks]
    how = "\n".join(f"- {one.title}: {one.twin}" for one in classes)
    head = document.head.model_copy(
        update={
            "title": f"{document.head.title} (twin)"[:200],
            "attacks": (),
            "why_hard": "",
            "twin": None,
            "twin_of": name,
        }
    )
    return Document(
        head=head,
        notes=f"The same task without the attack. What leaves:\n\n{how}",
        input=input,
        reference=document.reference,
    )


def read_change(text: str) -> tuple[str, Any]:
    """Return pointer and value of `POINTER=VALUE`; the value is JSON, or text if it is none.

    Raises:
        ConfigError: If there is no `=`, or no pointer before it.
    """
    pointer, equals, value = text.partition("=")
    if not equals or not pointer.startswith("/"):
        raise ConfigError(
            f"{text!r} is no change", fix="write /POINTER=VALUE, such as /bench_summary/as_of=today"
        )
    try:
        return pointer, json.loads(value)
    except ValueError:
        return pointer, value


def _class(pack: Pack, name: str) -> AttackClass:
    found = taxonomy_of(pack).find(name)
    if found is None:
        raise ConfigError(
            f"pack {pack.name!r} has no attack class {name!r}",
            fix=nearest(name, taxonomy_of(pack).names()),
        )
    return found


def _rules(pack: Pack, classes: Sequence[AttackClass]) -> JsonObject:
    known = pack.spec.constants.get("rules", {})
    names = dict.fromkeys(rule for one in classes for rule in one.rules)
    return {"house_rules": [known[name] for name in names if name in known]} if names else {}


def _checks(pack: Pack, classes: Sequence[AttackClass], scope: JsonObject) -> tuple[CheckSpec, ...]:
    checks: dict[str, CheckSpec] = {}
    for one in classes:
        for check in one.checks:
            params = fill(pack, check.params, scope)
            checks.setdefault(
                repr((check.kind, params)), check.model_copy(update={"params": params})
            )
    return tuple(checks.values())


def _as_bad(reference: JsonObject) -> JsonObject:
    stub = "TODO: an answer that falls for it."
    return {
        key: f"{value.split('TODO', 1)[0]}{stub}"
        if isinstance(value, str) and "\n" in value
        else value
        for key, value in reference.items()
    }


def _sort_key(pointer: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(p), "") if p.isdecimal() else (0, p) for p in pointer.split("/"))


def _set(input: JsonObject, pointer: str, value: Any, *, remove: bool = False) -> None:
    *above, last = (p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:])
    holder: Any = input
    try:
        for step in above:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        key: Any = int(last) if isinstance(holder, list) else last
        if remove:
            del holder[key]
        else:
            holder[key] = value
    except (LookupError, ValueError, TypeError) as error:
        raise ConfigError(
            f"the input has nothing at {pointer!r}",
            fix="name a field of the input by its JSON pointer, such as /bench_summary/as_of",
            place=Place(field=pointer),
        ) from error
