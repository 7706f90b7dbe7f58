"""What judging came to: who judged, by which minimums, what it cost, and what nobody judged."""

from typing import Annotated, Literal

from pydantic import Field

from benchwright.reviews import HeldUse
from benchwright.tasks import Mode, Record, Sha256
from benchwright.verdicts import Dimension15

Count = Annotated[int, Field(ge=0)]


class JudgeUse(Record):
    """What one judge did.

    Attributes:
        model: The requested name.
        served: Every name that answered.
        lineage: What those resolve to; empty for our own rules, which are no model.
        tasks: Tasks it has a verdict on.
        scores: How often it gave each score, by dimension.
        calls: Replies that were used, those of the near-duplicates included.
        alarms: Why it should not be trusted as it stands.
    """

    model: str
    served: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()
    tasks: Count = 0
    passed: Count = 0
    failed: Count = 0
    unjudged: Count = 0
    scores: dict[str, dict[str, Count]] = {}
    calls: Count = 0
    input_tokens: Count = 0
    output_tokens: Count = 0
    picodollars: Count = 0
    alarms: tuple[str, ...] = ()


class JudgingReport(Record):
    """How the tasks of a build were judged.

    Attributes:
        basis: How many decisions rest on models, and how many on our own rules (`offline`), which
            never count as a model's acceptance; `person` counts held tasks that a person decided.
        waived: Tasks that no judge saw, by mode, because the config does not list it.
        minimums: Least score by dimension.
        calibration: The sha256 of the calibration file that set them.
        people: What people decided about held tasks, where the config names their decisions.
        near_duplicates: Pairs of accepted tasks whose references were too alike.
        alarms: What is wrong with the panel as a whole; each judge has its own.
        prompts: The sha256 of every prompt file that models are asked with.
    """

    schema_version: Literal[1] = 1
    judges: tuple[JudgeUse, ...]
    per_task: Annotated[int, Field(ge=1)]
    minimums: dict[str, Dimension15]
    minimums_from: Literal["config", "calibration"]
    calibration: Sha256 | None = None
    basis: dict[Literal["models", "offline", "person", "nobody"], Count]
    waived: dict[Mode, Count]
    people: HeldUse | None = None
    near_duplicates: Count
    alarms: tuple[str, ...] = ()
    prompts: dict[str, Sha256]
