"""Which least scores does the gate ask for? Those of a calibration that holds, or the config's.

A calibration that has expired or may not gate stops the run: to fall back on the config would let
a gate look calibrated that is not.
"""

from dataclasses import dataclass
from typing import Literal

from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, Place
from benchwright.judges.bound import Binding, Calibration, expired_because
from benchwright.judges.panel.prompts import DIMENSIONS, asking_sha256
from benchwright.model_config import JudgesConfig
from benchwright.pipeline.calls import read_models
from benchwright.pipeline.questions import read_questions
from benchwright.pipeline.run import Run
from benchwright.verdicts import Dimension15
from benchwright.yamlfile import read_yaml

_AGAIN = (
    "run `benchwright judge calibrate --labels FILE --tasks TASKS --judge panel --config FILE "
    "--write-calibration FILE`, or drop judges.calibration"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimums:
    """The least score of each dimension.

    Attributes:
        calibration_sha256: Of the file that set them; None where the config did.
    """

    by_dimension: dict[str, Dimension15]
    calibration_sha256: str | None = None

    @property
    def source(self) -> Literal["config", "calibration"]:
        """Who set them."""
        return "config" if self.calibration_sha256 is None else "calibration"


def minimums_of(run: Run, config: JudgesConfig) -> Minimums:
    """Return the least scores that a task has to reach.

    Raises:
        ConfigError: If the calibration is not valid, has expired, or may not gate.
    """
    if config.calibration is None:
        return stated_minimums(config)
    path = run.project.base / config.calibration
    calibration = read_yaml(path, Calibration)
    place = Place(file=str(path))
    why = calibration.report.may_not_gate_because()
    if why is not None:
        raise ConfigError(f"the calibration may not gate: {why}", fix=_AGAIN, place=place)
    changed = expired_because(calibration, binding_of_models(config, run))
    if changed:
        raise ConfigError(
            f"the calibration has expired: {'; '.join(changed)}", fix=_AGAIN, place=place
        )
    minimum = calibration.report.minimum
    missing = [name for name in DIMENSIONS if name not in minimum.dimensions]
    if missing or minimum.min_score is None:
        raise ConfigError(
            f"the calibration has no minimum for {', '.join(missing)}", fix=_AGAIN, place=place
        )
    return Minimums(
        by_dimension=dict.fromkeys(DIMENSIONS, minimum.min_score),
        calibration_sha256=sha256_hex(path.read_bytes()),
    )


def stated_minimums(config: JudgesConfig) -> Minimums:
    """Return what the config says, whether or not there is a calibration."""
    return Minimums(by_dimension=dict.fromkeys(DIMENSIONS, config.min_score))


def binding_of_models(config: JudgesConfig, run: Run) -> Binding:
    """Return what a calibration of these judges, as they are asked today, is bound to."""
    models = read_models(run)
    names = sorted(model.model for model in config.models)
    return Binding(
        lineage=tuple(sorted({one for name in names for one in models.lineages(name)})),
        models=tuple(names),
        per_task=config.judges_per_task,
        prompt_sha256=asking_sha256(),
        rubric_sha256=read_questions(run).levels_sha256(names),
    )
