"""What people are asked about a benchmark: drawn from a build, a release or a file of tasks.

A sample for blind labels is drawn once and stays; the held queue and the hand-written tasks follow
the build. No judge and no decision of the gate is kept beside a task that is to be labelled blind.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import read_all_lines
from benchwright.generators.programmatic.author import RULES as AUTHOR_RULES
from benchwright.judges.review.items import Item, adversarial_item, held_item, label_item
from benchwright.judges.review.questions import QUEUES, Queue
from benchwright.judges.review.sampling import Drawn, Side, draw
from benchwright.judges.review.store import Answers
from benchwright.manifests.documents import AUTHORING
from benchwright.pipeline.candidates import AUTHORED, CANDIDATES, DECISIONS
from benchwright.pipeline.gate import DUPLICATE, GATED, IN_REFERENCE, REJECTED, TASKS, read_tasks
from benchwright.pipeline.judge import HELD, JUDGED
from benchwright.pipeline.references import SCANNED
from benchwright.pipeline.score import read_any_tasks
from benchwright.tasks import Task

COUNT = 100
SEED = 0
SUFFIX = ".review.sqlite"
NOT_OF_THE_TASK = frozenset({DUPLICATE, IN_REFERENCE, "J005", *AUTHOR_RULES})
"""Rules that refuse a good task because of another one: a person who sees it alone cannot agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where tasks come from, and what `review` was told about the draw.

    Attributes:
        folder: A work folder or a release; None for `tasks`.
        tasks: A JSON Lines file of tasks.
        answers: The answers file; without it one beside the source.
        count: Tasks to draw; None for what was drawn before, or 100.
        seed: Of the draw and of the orders; None for the seed before, or 0.
    """

    folder: Path | None
    tasks: Path | None
    answers: Path | None = None
    count: int | None = None
    seed: int | None = None

    @property
    def source(self) -> Path:
        """The folder or file.

        Raises:
            ConfigError: Unless exactly one of them is given.
        """
        if (self.folder is None) == (self.tasks is None):
            raise ConfigError(
                "give one source of tasks",
                fix="name a folder (benchwright review DIR), or a file with --tasks",
            )
        source = self.folder or self.tasks
        assert source is not None  # noqa: S101 - just checked
        return source

    @property
    def answers_path(self) -> Path:
        """Where the answers lie: `NAME.review.sqlite` beside the source."""
        if self.answers is not None:
            return self.answers
        source = self.source
        name = source.name if source.is_dir() else source.stem
        return source.with_name(name.removesuffix(".work") + SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An answers file that is ready.

    Attributes:
        seed: Of the draw and of the orders.
        waiting: How many items each queue asks.
        notes: What the person who starts it should know.
    """

    answers: Answers
    seed: int
    waiting: Mapping[Queue, int]
    notes: tuple[str, ...]


@contextmanager
def prepared(asked: Asked) -> Iterator[Prepared]:
    """Open the answers file of a source, draw the sample if there is none, refresh the queues.

    Raises:
        ConfigError: If the source is no build, release or file of tasks, or the sample in the file
            was drawn otherwise than asked.
        InputError: If a file cannot be read.
    """
    source = asked.source
    _refuse_no_source(source)
    answers = Answers(asked.answers_path, may_create=True)
    try:
        facts = answers.facts()
        drawn = None
        if "seed" in facts:
            _refuse_another_draw(asked, facts)
        else:
            drawn = _draw(asked, answers)
        written = [task for task in _accepted(source) if task.provenance.mode == "adversarial"]
        answers.set_items("adversarial", _adversarial(written))
        if _is_work(source):
            answers.set_items("held", _held(source))
        yield Prepared(
            answers=answers,
            seed=int(answers.facts()["seed"]),
            waiting={queue: len(answers.items(queue)) for queue in QUEUES},
            notes=_notes(source, drawn),
        )
    finally:
        answers.close()


def _draw(asked: Asked, answers: Answers) -> Drawn:
    count, seed = asked.count or COUNT, SEED if asked.seed is None else asked.seed
    source = asked.source
    drawn = draw(_sides(source), count=count, seed=seed)
    if not drawn.ids:
        raise InputError(
            "there is no task in it", fix="give tasks to label", place=Place(file=str(source))
        )
    wanted = set(drawn.ids)
    found = {task.id: task for task in _contents(source) if task.id in wanted}
    answers.set_items("label", [label_item(found[task_id]) for task_id in drawn.ids])
    answers.set_facts({"count": str(count), "seed": str(seed)})
    return drawn


def _refuse_another_draw(asked: Asked, facts: Mapping[str, str]) -> None:
    for name, wanted in (("count", asked.count), ("seed", asked.seed)):
        if wanted is not None and str(wanted) != facts[name]:
            raise ConfigError(
                f"the sample was drawn with {name} {facts[name]}, not {wanted}, and it stays",
                fix=f"drop --{name}, or draw another sample into another file with --answers",
                place=Place(file=str(asked.answers_path)),
            )


def _refuse_no_source(source: Path) -> None:
    if not source.exists():
        raise InputError(
            f"no such file or folder: {source.name}",
            fix="check the path",
            place=Place(file=str(source)),
        )
    if source.is_dir() and not _is_work(source) and not (source / AUTHORING).is_file():
        raise ConfigError(
            "neither the work folder of a build nor a release",
            fix="give OUTPUT/NAME/VERSION.work, OUTPUT/NAME/VERSION, or a file with --tasks",
            place=Place(file=str(source)),
        )


def _is_work(source: Path) -> bool:
    return (source / AUTHORED).is_dir()


def _sides(source: Path) -> Iterator[tuple[str, Side]]:
    """Yield every task that may be drawn, and what became of it."""
    if not _is_work(source):
        side: Side = "accepted" if source.is_dir() else "unknown"
        yield from ((task.id, side) for task in read_any_tasks(source))
        return
    accepted = {task.id for task in _accepted(source)}
    yield from ((task_id, "accepted") for task_id in accepted)
    for task_id in set(_rejected(source)) - accepted:
        yield task_id, "rejected"


def _rejected(source: Path) -> Iterator[str]:
    for path in _authored(source, DECISIONS):
        for line in read_all_lines(path):
            if line.value["status"] == "rejected" and line.value["rule"] not in NOT_OF_THE_TASK:
                yield line.value["task_id"]
    for stage in (GATED, SCANNED):
        path = source / stage / REJECTED
        for line in read_all_lines(path) if path.is_file() else ():
            if line.value["rule"] not in NOT_OF_THE_TASK and not line.value["rule"].startswith("G"):
                yield line.value["id"]
    path = source / JUDGED / DECISIONS
    for line in read_all_lines(path) if path.is_file() else ():
        if line.value["status"] == "rejected" and line.value["rule"] not in NOT_OF_THE_TASK:
            yield line.value["task_id"]


def _accepted(source: Path) -> Iterator[Task]:
    """Yield the tasks that the last finished stage kept."""
    if not _is_work(source):
        yield from read_any_tasks(source)
        return
    for stage in (JUDGED, SCANNED, GATED):
        if (source / stage / TASKS).is_file():
            yield from read_tasks(source / stage / TASKS)
            return
    raise ConfigError(
        "nothing has passed the gate here",
        fix="run `benchwright gate CONFIG` or `benchwright build CONFIG` first",
        place=Place(file=str(source)),
    )


def _contents(source: Path) -> Iterator[Task]:
    if not _is_work(source):
        yield from read_any_tasks(source)
        return
    for path in _authored(source, CANDIDATES):
        yield from read_tasks(path)


def _authored(source: Path, name: str) -> list[Path]:
    return sorted((source / AUTHORED).rglob(name))


def _held(source: Path) -> Iterator[Item]:
    path = source / JUDGED / HELD
    for line in read_all_lines(path) if path.is_file() else ():
        yield held_item(line.value)


def _adversarial(tasks: Sequence[Task]) -> Iterator[Item]:
    """Yield the hand-written tasks; a twin that is among them is shown beside its task."""
    twins = {str(slots["twin_of"]): t for t in tasks if "twin_of" in (slots := t.provenance.slots)}
    for task in tasks:
        slots = task.provenance.slots
        if "twin_of" not in slots:
            names = {Path(one.source).name for one in task.provenance.parents if one.source}
            twin = next((twins[name] for name in sorted(names) if name in twins), None)
            yield adversarial_item(task, why_hard=str(slots.get("why_hard", "")), twin=twin)


def _notes(source: Path, drawn: Drawn | None) -> tuple[str, ...]:
    notes = []
    if drawn is not None:
        sides = ", ".join(f"{n} of {drawn.found[side]} {side}" for side, n in drawn.taken.items())
        notes.append(f"drew {len(drawn.ids)} tasks for blind labels: {sides}")
        if not drawn.taken.get("rejected"):
            fix = "; give the work folder of a build to draw over both sides"
            notes.append(f"no rejected task is among them{'' if _is_work(source) else fix}")
    return tuple(notes)
