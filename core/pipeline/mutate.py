"""Plant defects in the tasks of a file or release and show them to a judge."""

from pathlib import Path

from benchwright.errors import InputError, Place
from benchwright.judges.mutation.run import Advances, MutationReport, Plan, mutate
from benchwright.pipeline.model_judge import Source, open_judge
from benchwright.pipeline.score import read_any_tasks


def mutate_tasks(
    tasks: Path, judge: str, plan: Plan, progress: Advances, *, source: Source | None = None
) -> MutationReport:
    """Return what the judge of this name lets through.

    Args:
        tasks: A release folder or JSON Lines of tasks.
        judge: A judge of the registry; with `source`, `panel` or a model.
        plan: How much is planted, and what is asked of the judge.
        progress: Counts tasks, then operators.
        source: The config whose models judge.

    Raises:
        ConfigError: If there is no judge of this name.
        InputError: If there is no task, or the judge accepts none.
        BudgetError: If the next call could cross the cap.
    """
    read = list(read_any_tasks(tasks))
    if not read:
        raise InputError(
            "there is no task in it", fix="give tasks to change", place=Place(file=str(tasks))
        )
    with open_judge(judge, source) as opened:
        report = mutate(opened.judge, read, plan, progress, each=opened.each)
        return report.model_copy(update={"uses": opened.uses()})
