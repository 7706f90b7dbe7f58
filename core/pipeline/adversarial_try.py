"""One hand-written file, tried: its scores, its neighbours, the cell of the taxonomy it fills."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchwright.contamination.neighbours import Neighbour, nearest_neighbours
from benchwright.contamination.pool import task_item
from benchwright.contamination.views import to_view
from benchwright.errors import InputError, Place
from benchwright.generators.adversarial.draft import TWIN_SUFFIX
from benchwright.generators.adversarial.rules import LintFinding
from benchwright.generators.adversarial.tasks import taxonomy_of
from benchwright.judges.agents import vacuous_outputs
from benchwright.judges.scoring import Score, score_output
from benchwright.packs import Pack
from benchwright.pipeline.adversarial_files import SUFFIX, Shelf, TaskFile, find_files
from benchwright.pipeline.adversarial_lint import common_wording, lint_files
from benchwright.pipeline.score import read_any_tasks
from benchwright.tasks import JsonObject, Task

NEIGHBOURS = 3
EMPTIEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One output and its score; `wanted` says whether it has to pass."""

    name: str
    wanted: bool
    score: Score

    @property
    def is_right(self) -> bool:
        """Whether it passes or fails as it has to."""
        return self.score.passed is self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known task, how near it is, and the shared words in the new one's text."""

    name: str
    neighbour: Neighbour
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One attack class on one dimension, and how many of the known tasks fill it."""

    attack: str
    dimension: str
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TryReport:
    """What `adversarial try` shows; `known` counts the tasks that were compared."""

    findings: tuple[LintFinding, ...]
    tried: tuple[Tried, ...]
    known: int
    near: tuple[Near, ...]
    cells: tuple[Cell, ...]
    emptiest: tuple[Cell, ...]
    filled_cells: int
    all_cells: int
    task_id: str

    @property
    def is_accepted(self) -> bool:
        """Whether nothing is wrong with the file."""
        return not self.findings and all(one.is_right for one in self.tried)

    def to_values(self) -> JsonObject:
        """Return the report as JSON values."""
        return {
            "accepted": self.is_accepted,
            "task_id": self.task_id,
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
            "outputs": [
                {
                    "name": one.name,
                    "must_pass": one.wanted,
                    "right": one.is_right,
                    **one.score.model_dump(mode="json", exclude_none=True),
                }
                for one in self.tried
            ],
            "compared_with": self.known,
            "neighbours": [
                {
                    "name": one.name,
                    "masked_jaccard": one.neighbour.masked_jaccard,
                    "longest_run_words": one.neighbour.longest_run_words,
                    "shared": [one.text[a:b] for a, b in one.neighbour.spans],
                    "clone": one.neighbour.is_clone,
                }
                for one in self.near
            ],
            "cells": [asdict(cell) for cell in self.cells],
            "emptiest_cells": [asdict(cell) for cell in self.emptiest],
            "filled_cells": self.filled_cells,
            "all_cells": self.all_cells,
        }


def try_file(path: Path, against: Sequence[Path], shelf: Shelf) -> TryReport:
    """Score a file's outputs and empty-headed agents, and compare it with known tasks.

    Args:
        path: The file.
        against: Further files, folders, releases or JSON Lines of tasks; the other files of its
            own folder are compared in any case.
        shelf: Opens the files.

    Raises:
        InputError: If the file is no task yet, with everything that keeps it from being one.
    """
    file = shelf.open(path)
    findings = lint_files([path], shelf).findings
    if file.task is None or file.pack is None:
        lines = "\n".join(
            f"{f.file}:{f.line}: {f.rule} {f.message}\n  fix: {f.fix}" for f in findings
        )
        raise InputError(f"this is no task yet\n{lines}", fix="mend these lines first")
    known = _known(file, against, shelf)
    view = to_view(task_item(file.task))
    views = [to_view(task_item(task)) for _, task in known]
    near = nearest_neighbours(view, views, common_wording(file.pack), count=NEIGHBOURS)
    counts = _cells(file.pack, [task for _, task in known])
    own = _own_cells(file, counts)
    return TryReport(
        findings=findings,
        tried=tuple(_tried(file.task)),
        known=len(known),
        near=tuple(Near(name=known[one.place][0], neighbour=one, text=view.text) for one in near),
        cells=own,
        emptiest=_emptiest(counts, own),
        filled_cells=sum(1 for number in counts.values() if number),
        all_cells=len(counts),
        task_id=file.task.id,
    )


def _tried(task: Task) -> list[Tried]:
    tried = [Tried(name="reference", wanted=True, score=score_output(task, task.reference))]
    numbers: Counter[str] = Counter()
    for candidate in task.candidates:
        kind = "bad" if candidate.label == "fail" else "good"
        numbers[kind] += 1
        named = f" ({candidate.check})" if candidate.check else ""
        score = score_output(task, candidate.output)
        name = f"{kind} {numbers[kind]}{named}"
        tried.append(Tried(name=name, wanted=kind == "good", score=score))
    for name, output in vacuous_outputs(task.input, task.reference).items():
        score = score_output(task, output)
        tried.append(Tried(name=f"agent {name.replace('_', ' ')}", wanted=False, score=score))
    return tried


def _known(file: TaskFile, against: Sequence[Path], shelf: Shelf) -> list[tuple[str, Task]]:
    """Return the known tasks by name, each once; the file itself and twins are none."""
    paths = [file.path.parent, *against]
    found: dict[str, tuple[str, Task]] = {}
    for path in paths:
        if path.suffix == SUFFIX or (path.is_dir() and any(path.glob(f"*{SUFFIX}"))):
            for one in find_files([path]):
                other = None if one.name.endswith(TWIN_SUFFIX) else shelf.peek(one)
                if other is not None and one.resolve() != file.path.resolve():
                    found.setdefault(other.id, (one.name, other))
            continue
        if not path.exists():
            raise InputError(
                "no such file or folder", fix="check the path", place=Place(file=str(path))
            )
        for task in read_any_tasks(path):
            name = f"{path.name} {task.id}"
            found.setdefault(task.id, (name, task))
    if file.task is not None:
        found.pop(file.task.id, None)
    return list(found.values())


def _cells(pack: Pack, tasks: Sequence[Task]) -> dict[tuple[str, str], int]:
    """Return how many tasks fill each cell that the pack's taxonomy allows."""
    classes = taxonomy_of(pack).classes
    counts = {(one.name, dimension): 0 for one in classes for dimension in one.dimensions}
    for task in tasks:
        for attack in task.provenance.slots.get("attacks", ()):
            if task.provenance.mode == "adversarial" and (attack, task.dimension) in counts:
                counts[attack, task.dimension] += 1
    return counts


def _own_cells(file: TaskFile, counts: dict[tuple[str, str], int]) -> tuple[Cell, ...]:
    head = file.reading.head
    attacks = head.attacks if head else ()
    return tuple(
        Cell(attack=attack, dimension=head.dimension, tasks=counts[attack, head.dimension])
        for attack in attacks
        if head is not None and (attack, head.dimension) in counts
    )


def _emptiest(counts: dict[tuple[str, str], int], own: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells with the fewest known tasks, of classes with the fewest tasks first."""
    by_class: Counter[str] = Counter()
    for (attack, _), number in counts.items():
        by_class[attack] += number
    filled = {(cell.attack, cell.dimension) for cell in own}
    order = list(counts)
    ranked = sorted(
        (key for key in order if key not in filled),
        key=lambda key: (counts[key], by_class[key[0]], order.index(key)),
    )
    return tuple(
        Cell(attack=attack, dimension=dimension, tasks=counts[attack, dimension])
        for attack, dimension in ranked[:EMPTIEST]
    )
