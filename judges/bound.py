"""Does a calibration still hold? It is bound to the judge's models, lineage, prompts and rubric."""

from typing import Literal

from pydantic import Field

from benchwright.judges.calibration import CalibrationReport
from benchwright.tasks import Record, Sha256


class Binding(Record):
    """What a calibration holds for.

    Attributes:
        lineage: Of all models that judge.
        models: Their requested names, sorted.
        per_task: How many of them see a task.
    """

    lineage: tuple[str, ...]
    models: tuple[str, ...] = ()
    per_task: int = Field(default=1, ge=1)
    prompt_sha256: Sha256
    rubric_sha256: Sha256


class Calibration(Record):
    """The calibration file: a report, and what it is bound to."""

    schema_version: Literal[1] = 1
    binding: Binding
    labels_sha256: Sha256
    report: CalibrationReport


def expired_because(calibration: Calibration, now: Binding) -> tuple[str, ...]:
    """Return what has changed since a calibration was made; empty while it holds."""
    then = calibration.binding
    return tuple(
        f"the judge's {name} has changed: {_shown(old)}, now {_shown(new)}"
        for name, old, new in (
            ("lineage", ", ".join(then.lineage), ", ".join(now.lineage)),
            ("model", ", ".join(then.models), ", ".join(now.models)),
            ("number of votes", str(then.per_task), str(now.per_task)),
            ("prompt", then.prompt_sha256, now.prompt_sha256),
            ("rubric", then.rubric_sha256, now.rubric_sha256),
        )
        if old != new
    )


def _shown(value: str) -> str:
    return value[:12] if len(value) == 64 else value or "none"
