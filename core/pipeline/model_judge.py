"""A judge by name: one of the registry, or models of a config, called through its gateway."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from benchwright.calls.spec import CallResult
from benchwright.config import read_project
from benchwright.errors import ConfigError, Place, nearest
from benchwright.judges.judge import JUDGES, Judge, Opinion
from benchwright.judges.mutation.run import Each, one_by_one
from benchwright.judges.panel.alarms import judge_uses
from benchwright.judges.panel.as_judge import PanelJudge
from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.roster import writers_of
from benchwright.judging import JudgeUse
from benchwright.model_config import JudgesConfig
from benchwright.pipeline.calls import open_gateway, read_models, refuse_unfit_models
from benchwright.pipeline.judge import Recorder, in_order
from benchwright.pipeline.minimums import minimums_of, stated_minimums
from benchwright.pipeline.questions import read_questions
from benchwright.pipeline.run import Run, Silence, open_run
from benchwright.tasks import Task

PANEL = "panel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the models of a judge come from: a config, and the folder of its ledger."""

    config: Path
    output: Path

    def run(self) -> Run:
        """Return the run of the config.

        Raises:
            ConfigError: If the config or its pack is not valid.
        """
        project = read_project(self.config)
        return open_run(project, output=self.output, resume=True, progress=Silence())


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJudge:
    """A judge, how many tasks it is asked about at once, and what that came to.

    Attributes:
        each: Maps its opinion over tasks.
        uses: Returns the calls, tokens and dollars of each model so far; none for rules.
    """

    judge: Judge
    each: Each
    uses: Callable[[], tuple[JudgeUse, ...]]


@contextmanager
def open_judge(name: str, source: Source | None, *, calibrated: bool = True) -> Iterator[OpenJudge]:
    """Open a judge, and close what it calls through at the end.

    Args:
        name: With a config `panel` or one of its judges; without, one of the registry.
        source: The config.
        calibrated: Whether a calibration of the config sets the minimums; not while one is made.

    Raises:
        ConfigError: If there is no judge of this name, its model may not be asked, or the
            calibration has expired.
        BudgetError: If the next call could cross the cap.
        ProviderFault: If an endpoint failed too often in a row.
    """
    if source is None:
        if name == PANEL:
            raise ConfigError("the judge 'panel' is that of a config", fix="add --config FILE")
        yield OpenJudge(judge=JUDGES.get(name), each=one_by_one, uses=tuple)
        return
    run = source.run()
    config = judges_named(run, name, source.config)
    models = read_models(run)
    refuse_unfit_models(run, models)
    panel = run.project.config.judges if calibrated else None
    minimums = minimums_of(run, panel) if panel else stated_minimums(config)
    made: list[CallResult] = []
    stopping = Event()
    with open_gateway(run) as gateway:
        judge = PanelJudge(
            name=name,
            panel=Panel(
                asker=Asker(
                    caller=Recorder(gateway=gateway, made=made, stopping=stopping),
                    models=models,
                    role="calibration_judge",
                    questions=read_questions(run),
                ),
                judges=config.models,
                per_task=config.judges_per_task,
                minimums=minimums.by_dimension,
            ),
            writers_of=partial(writers_of, ledger=gateway.ledger, models=models),
        )

        def each(function: Callable[[Task], Opinion], tasks: Iterable[Task]) -> Iterator[Opinion]:
            workers = run.project.config.models.max_connections
            return in_order(function, tasks, workers=workers, stopping=stopping)

        def uses() -> tuple[JudgeUse, ...]:
            paid_once = {call.call_id: call for call in made}
            return judge_uses(judge.verdicts, paid_once.values())

        yield OpenJudge(judge=judge, each=each, uses=uses)


def judges_named(run: Run, name: str, file: Path) -> JudgesConfig:
    """Return the panel of a config, or one of its judges as a panel of one.

    Raises:
        ConfigError: If the config has no such judge, or none that is a model.
    """
    config, place = run.project.config.judges, Place(file=str(file), field="judges")
    if config is None:
        raise ConfigError(
            "the config names no judges", fix="add judges: {models: [...]}", place=place
        )
    if config.is_offline:
        raise ConfigError(
            "the judge of the config is no model", fix="drop --config and name it", place=place
        )
    if name == PANEL:
        return config
    by_name = {model.model: model for model in config.models}
    if name not in by_name:
        raise ConfigError(
            f"the config has no judge {name!r}", fix=nearest(name, [PANEL, *by_name]), place=place
        )
    return config.model_copy(update={"models": (by_name[name],), "per_task": 1})
