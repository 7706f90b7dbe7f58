"""Task and twin side by side: what differs, and what agents did on both."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchwright.errors import InputError, Place
from benchwright.pipeline.adversarial_effect import (
    AgentEffect,
    Effect,
    Outputs,
    answers_of,
    by_agent,
    by_attack,
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
    attacks: tuple[AgentEffect, ...]
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
            "agents": [_sums_as_values(one) for one in self.agents],
            "attacks": [_sums_as_values(one) for one in self.attacks],
            "problems": list(self.problems),
        }


def twin_of(file: TaskFile, shelf: Shelf) -> TaskFile | None:
    """Return the opened twin that a file names, or None where there is no such file."""
    head = file.reading.head
    if head is None or head.twin is None:
        return None
    path = file.path.parent / head.twin
    return shelf.open(path) if path.is_file() else None


def _sums_as_values(one: AgentEffect) -> JsonObject:
    values: JsonObject = {key: value for key, value in asdict(one).items() if value is not None}
    bounds = one.bounds()
    if bounds:
        values |= {"failed_at_least": bounds[0], "shown_at_least": bounds[1]}
        values |= {"passed_at_least": one.twins_bound()}
    return values


def prove(paths: Sequence[Path], outputs: Path, shelf: Shelf) -> EffectReport:
    """Return what agents did on the tasks of files and on their twins.

    Raises:
        InputError: If an output is none, or answers none of the tasks and twins.
    """
    given = read_outputs(outputs)
    pairs, problems = _pairs(paths, shelf)
    known = {task.id for pair in pairs.values() for task in pair}
    strangers = [task_id for task_id in given.ids() if task_id not in known]
    if strangers:
        raise InputError(
            f"{len(strangers)} outputs name no task or twin here, such as {strangers[0]!r}",
            fix="export the tasks again and let the agent answer them",
            place=Place(file=str(outputs)),
        )
    return _report(pairs, given, problems)


def prove_with(paths: Sequence[Path], agent: str, shelf: Shelf) -> EffectReport:
    """Return what a built-in agent does on the tasks of files and on their twins.

    Raises:
        InputError: If the agent cannot answer a task.
    """
    pairs, problems = _pairs(paths, shelf)
    given = answers_of(agent, [task for pair in pairs.values() for task in pair])
    return _report(pairs, given, problems)


def _pairs(
    paths: Sequence[Path], shelf: Shelf
) -> tuple[dict[str, tuple[Task, Task]], tuple[str, ...]]:
    pairs: dict[str, tuple[Task, Task]] = {}
    problems: list[str] = []
    for path in find_files(paths):
        file = shelf.open(path)
        if file.is_twin:
            continue
        pair = task_and_twin(file, shelf)
        if pair is None:
            problems.append(f"{path.name}: no sound task with a twin; run lint on it")
        else:
            pairs[path.name] = pair
    return pairs, tuple(problems)


def _report(
    pairs: dict[str, tuple[Task, Task]], given: Outputs, problems: tuple[str, ...]
) -> EffectReport:
    effects = [one for name, pair in pairs.items() for one in effects_of(name, *pair, given)]
    return EffectReport(
        effects=tuple(effects),
        agents=tuple(by_agent(effects)),
        attacks=tuple(by_attack(effects)),
        problems=problems,
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
