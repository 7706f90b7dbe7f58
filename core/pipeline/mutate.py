"""Plant defects in the tasks of a file or release and show them to a judge."""

from pathlib import Path

from benchwright.errors import InputError, Place
from benchwright.judges.judge import JUDGES
from benchwright.judges.mutation.run import Advances, MutationReport, Plan, mutate
from benchwright.pipeline.score import read_any_tasks


def mutate_tasks(tasks: Path, judge: str, plan: Plan, progress: Advances) -> MutationReport:
    """Return what the judge of this name lets through.

    Raises:
        ConfigError: If there is no judge of this name.
        InputError: If there is no task, or the judge accepts none.
    """
    asked = JUDGES.get(judge)
    read = list(read_any_tasks(tasks))
    if not read:
        raise InputError(
            "there is no task in it", fix="give tasks to change", place=Place(file=str(tasks))
        )
    return mutate(asked, read, plan, progress)
