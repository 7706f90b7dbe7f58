"""Task and twin side by side: what differs, and what agents did on both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchwright.errors import InputError, Place
from benchwright.pipeline.adversarial_effect import (
    AgentEffect,
    Effect,
    by_agent,
    effects_of,
    read_outputs,
)
from benchwright.pipeline.adversarial_files import Shelf, TaskFile, find_files
from benchwright.tasks import JsonObject, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectReport:
    """What agents did on tasks and twins, and the tasks whose twin could not be used."""

    effects: tuple[Effect, ...]
    agents: tuple[AgentEffect, ...]
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every task shows the effect for every agent that answered it with its twin."""
        told = [one.shown for one in self.effects if one.shown is not None]
        names = {one.name for one in self.effects}
        seen = {one.name for one in self.effects if one.shown is not None}
        return bool(told) and all(told) and names == seen and not self.problems

    def to_values(self) -> JsonObject:
        """Return the report as JSON values; lower bounds are those of Wilson at 95 %."""
        return {
            "holds": self.holds,
            "tasks": [{**asdict(one), "shown": one.shown} for one in self.effects],
            "agents": [
                {**asdict(one), "failed_at_least": bounds[0], "shown_at_least": bounds[1]}
                if (bounds := one.bounds())
                else asdict(one)
                for one in self.agents
            ],
            "problems": list(self.problems),
        }


def twin_of(file: TaskFile, shelf: Shelf) -> TaskFile | None:
    """Return the opened twin that a file names, or None where there is no such file."""
    head = file.reading.head
    if head is None or head.twin is None:
        return None
    path = file.path.parent / head.twin
    return shelf.open(path) if path.is_file() else None


def prove(paths: Sequence[Path], outputs: Path, shelf: Shelf) -> EffectReport:
    """Return what agents did on the tasks of files and on their twins.

    Raises:
        InputError: If an output is none, or answers none of the tasks and twins.
    """
    given = read_outputs(outputs)
    effects: list[Effect] = []
    problems: list[str] = []
    known: set[str] = set()
    for path in find_files(paths):
        file = shelf.open(path)
        if file.is_twin:
            continue
        pair = task_and_twin(file, shelf)
        if pair is None:
            problems.append(f"{path.name}: no sound task with a twin; run lint on it")
            continue
        known |= {task.id for task in pair}
        effects += effects_of(path.name, *pair, given)
    strangers = [task_id for task_id in given.ids() if task_id not in known]
    if strangers:
        raise InputError(
            f"{len(strangers)} outputs name no task or twin here, such as {strangers[0]!r}",
            fix="export the tasks again and let the agent answer them",
            place=Place(file=str(outputs)),
        )
    return EffectReport(
        effects=tuple(effects), agents=tuple(by_agent(effects)), problems=tuple(problems)
    )


def task_and_twin(file: TaskFile, shelf: Shelf) -> tuple[Task, Task] | None:
    """Return the tasks of a file and of its twin, or None if one of the two is none."""
    twin = twin_of(file, shelf)
    if file.task is None or twin is None or twin.task is None:
        return None
    return file.task, twin.task


def export_tasks(paths: Sequence[Path], shelf: Shelf) -> list[Task]:
    """Return the tasks of files and of their twins, each once.

    Raises:
        InputError: For the first file that is no task yet.
    """
    found: dict[str, Task] = {}
    for path in find_files(paths):
        file = shelf.open(path)
        for one in (file, twin_of(file, shelf)):
            if one is None:
                continue
            if one.task is None:
                raise InputError(
                    "this is no task yet",
                    fix="run `benchwright adversarial lint` on it",
                    place=Place(file=str(one.path)),
                )
            found.setdefault(one.task.id, one.task)
    return list(found.values())
