"""A hand-written file as a task of the benchmark, and a task as such a file."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchwright.attacks import AttackTaxonomy
from benchwright.canonical import canonical_json
from benchwright.errors import ConfigError, Place
from benchwright.generators.adversarial.document import Document, FrontMatter
from benchwright.generators.programmatic.tree import Compiler, Filler
from benchwright.packs import ATTACKS_FILE, Pack
from benchwright.render import OMIT, Renderer
from benchwright.tasks import CheckSpec, JsonObject, Parent, Provenance, Rubric, Task

_KNOWN = frozenset(
    ("as_of", "attacks", "dimension", "expected", "input", "omit", "pack", "reference", "vocab")
)
_IN_SLOTS = ("pack", "title", "attacks", "severity", "date", "why_hard", "twin", "twin_of")


def taxonomy_of(pack: Pack) -> AttackTaxonomy:
    """Return the attack classes of a pack.

    Raises:
        ConfigError: If it has none.
    """
    if pack.attacks is None:
        raise ConfigError(
            f"pack {pack.name!r} has no {ATTACKS_FILE}",
            fix="write one with the pack's attack classes, or name another pack",
            place=Place(file=str(pack.root / ATTACKS_FILE)),
        )
    return pack.attacks


def fill(pack: Pack, value: Any, scope: JsonObject) -> Any:
    """Return a value of the pack's taxonomy with its expressions computed.

    Raises:
        ConfigError: If an expression reads what `scope` lacks, or cannot be computed.
    """
    names = {
        "as_of": pack.spec.as_of,
        "omit": OMIT,
        "pack": pack.spec.constants,
        "vocab": dict(pack.vocab),
        **scope,
    }
    file = str(pack.root / ATTACKS_FILE)
    filler = _compiled(pack.renderer, file, canonical_json(value), frozenset(_KNOWN & set(names)))
    return filler(pack.renderer.scope(names))


@lru_cache(maxsize=512)
def _compiled(renderer: Renderer, file: str, value: str, known: frozenset[str]) -> Filler:
    """Return a compiled value of a taxonomy; many files ask for the same ones."""
    compiler = Compiler(path=Path(file), lines={}, renderer=renderer)
    return compiler.fill(json.loads(value), (), known)


def base_checks(document: Document, pack: Pack) -> tuple[CheckSpec, ...]:
    """Return the pack's own checks for a document, without those that it replaces.

    Raises:
        ConfigError: If a check reads a field that the input lacks.
    """
    if not document.head.base:
        return ()
    own = {check.kind for check in document.head.checks}
    scope: JsonObject = {
        "attacks": list(document.head.attacks),
        "dimension": document.head.dimension,
        "expected": document.head.expected,
        "input": document.input,
        "reference": document.reference,
    }
    return tuple(
        check.model_copy(update={"params": fill(pack, check.params, scope)})
        for check in taxonomy_of(pack).checks
        if check.kind not in own
    )


def to_task(
    document: Document,
    pack: Pack,
    *,
    source: str,
    source_sha256: str,
    created_at: datetime | None = None,
) -> Task:
    """Return the task of a document.

    Args:
        document: The file as it was read.
        pack: The pack that it names.
        source: Name of the file, for the provenance.
        source_sha256: Hash of its bytes.
        created_at: The time written into the row.

    Raises:
        ConfigError: If the pack's checks do not fit the input, or no check is left.
    """
    head = document.head
    base = base_checks(document, pack)
    pass_score = taxonomy_of(pack).pass_score if head.pass_score is None else head.pass_score
    slots = head.model_dump(mode="json", include=set(_IN_SLOTS), exclude_none=True)
    slots |= {"base": head.base, "base_checks": len(base)}
    slots |= {"notes": document.notes} if document.notes else {}
    slots |= {"pass_score": head.pass_score} if head.pass_score is not None else {}
    try:
        rubric = Rubric(checks=(*base, *head.checks), pass_score=pass_score)
    except ValidationError as error:
        raise ConfigError(
            "the rubric has no check", fix="add checks, or leave `base: false` out"
        ) from error
    return Task.create(
        dimension=head.dimension,
        difficulty=head.difficulty,
        input=document.input,
        reference=document.reference,
        candidates=document.outputs,
        expected=head.expected,
        rubric=rubric,
        tags=head.tags,
        provenance=Provenance(
            mode="adversarial",
            parents=(
                Parent(
                    source=source,
                    source_sha256=source_sha256,
                    record_id=source.removesuffix(".md"),
                    pointers=("/input", "/reference"),
                ),
            ),
            slots=slots,
            author=head.author,
            created_at=created_at,
            lineage_keys=_kin(document),
        ),
    )


def to_document(task: Task) -> Document:
    """Return the file of an adversarial task.

    Raises:
        ConfigError: If the task was not written by hand.
    """
    slots = dict(task.provenance.slots)
    if task.provenance.mode != "adversarial" or not {"base", "base_checks"} <= set(slots):
        raise ConfigError(
            f"task {task.id} is of mode {task.provenance.mode!r}, not written by hand",
            fix="give a task that came from a file",
        )
    skipped = int(slots["base_checks"])
    head = FrontMatter(
        **{name: slots[name] for name in _IN_SLOTS if name in slots},
        dimension=task.dimension,
        difficulty=task.difficulty,
        author=task.provenance.author,
        tags=task.tags,
        expected=task.expected,
        base=slots["base"],
        pass_score=slots.get("pass_score"),
        checks=task.rubric.checks[skipped:],
    )
    return Document(
        head=head,
        notes=slots.get("notes", ""),
        input=task.input,
        reference=task.reference,
        outputs=task.candidates,
    )


def _kin(document: Document) -> tuple[str, ...]:
    recipient = document.input.get("recipient")
    company = recipient.get("company") if isinstance(recipient, dict) else None
    return (f"company:{company}",) if isinstance(company, str) and company.strip() else ()
