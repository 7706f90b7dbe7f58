"""Read the questions that a config has its judges asked in place of ours."""

from benchwright.errors import ConfigError, Place, nearest
from benchwright.judges.panel.questions import OptimisedJudge, Question, Questions
from benchwright.model_config import JudgesConfig
from benchwright.pipeline.run import Run
from benchwright.yamlfile import read_yaml


def read_questions(run: Run) -> Questions:
    """Return the questions of `judges.questions`; none where the config names no file.

    Raises:
        ConfigError: If a file is not one of `judge optimise`, was changed after it was measured,
            or is of a model that does not judge here.
    """
    config = run.project.config.judges
    found: dict[str, dict[str, Question]] = {}
    for path in config.questions if config else ():
        place = Place(file=str(run.project.base / path))
        optimised = read_yaml(run.project.base / path, OptimisedJudge)
        _refuse_unfit(optimised, config, place)
        if optimised.judge in found:
            raise ConfigError(
                f"a second file of questions for {optimised.judge!r}",
                fix="name one file a judge under judges.questions",
                place=place,
            )
        found[optimised.judge] = dict(optimised.prompts)
    return Questions(found)


def _refuse_unfit(optimised: OptimisedJudge, config: JudgesConfig | None, place: Place) -> None:
    names = [model.model for model in config.models] if config else []
    if optimised.judge not in names:
        raise ConfigError(
            f"the questions are for {optimised.judge!r}, which is no judge of this config",
            fix=f"{nearest(optimised.judge, names)}; they were measured on that model alone",
            place=place,
        )
    why = optimised.refused_because()
    if why is not None:
        raise ConfigError(
            f"the questions cannot be used: {why}",
            fix="run `benchwright judge optimise` again, or drop the file from judges.questions",
            place=place,
        )
