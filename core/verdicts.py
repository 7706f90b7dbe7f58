"""What was judged, decided and compared: verdicts, gate decisions and contamination results.

"Did not run", "could not tell" and "found nothing" are three values and never share one.
"""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from benchwright.tasks import JsonObject, Record, Sha256, TaskId

RunStatus = Literal["clean", "flagged", "inconclusive", "not_run"]
Dimension15 = Literal[1, 2, 3, 4, 5]


class ModelRef(Record):
    """A model as requested, every name that answered for it, and the lineages they resolve to."""

    requested: str
    served: tuple[str, ...] = ()
    lineage: tuple[str, ...] = ()


UnjudgedReason = Literal["malformed", "error", "refused", "empty", "served_elsewhere", "too_long"]


class Verdict(Record):
    """One judge's opinion of one task. `unjudged` is not a fail: nobody could say.

    Attributes:
        scores: By dimension; a dimension stands here or in `unjudged`, never in both.
        status: `fail` if a score is below its minimum, `unjudged` if none is and one is missing.
        unjudged: Why a dimension has no score.
        evidence: Quotes of the task, by dimension.
        reasons: What the judge said, or what went wrong, by dimension.
        call_ids: The calls in the ledger, in the order in which they were made.
        prompts: The sha256 of every prompt file that was used.
    """

    schema_version: Literal[1] = 1
    id: str
    task_id: TaskId
    judge: ModelRef
    scores: dict[str, Dimension15] = Field(default={})
    status: Literal["pass", "fail", "unjudged"]
    unjudged: dict[str, UnjudgedReason] = {}
    evidence: dict[str, tuple[str, ...]] = {}
    reasons: dict[str, str] = {}
    call_ids: tuple[str, ...] = ()
    prompts: dict[str, Sha256] = {}

    @model_validator(mode="after")
    def _a_dimension_has_one_outcome(self) -> Self:
        both = sorted(set(self.scores) & set(self.unjudged))
        if both:
            raise ValueError(f"{', '.join(both)} has a score and is unjudged")
        return self


class GateDecision(Record):
    """What the gate decided about one task, by which rule, for which reason.

    `rule` is `accepted`, `waived`, or the id of the rule that spoke first; `reasons` say it in
    words. `basis` says who judged: models, our own rules (which never count as a model), a person
    whom the judges left it to, or nobody because the config waives it; it is absent where only the
    deterministic gate has decided.
    """

    schema_version: Literal[1] = 1
    task_id: TaskId
    status: Literal["accepted", "rejected", "held"]
    rule: str
    reasons: tuple[str, ...] = ()
    verdict_ids: tuple[str, ...] = ()
    basis: Literal["models", "offline", "person", "waived"] | None = None


class Excerpt(Record):
    """A text as it stood, and the code points [start, end) of it that are shared."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()


class Match(Record):
    """Two items that a check found too close, or one that it found fault with by itself.

    `left_id` is a test item and `right_id` a training item; a finding of one item leaves the
    other None, and a finding of the whole test side both. `score` is in [0, 1] (Jaccard, cosine
    similarity, coverage; 1 for equality). `left` and `right` are the texts side by side, and
    `details` the further measures of the check.
    """

    left_id: str | None = None
    right_id: str | None = None
    score: float
    evidence: str
    left: Excerpt | None = None
    right: Excerpt | None = None
    details: JsonObject | None = None

    @property
    def title(self) -> str:
        """Name what was found: `TEST ~ TRAINING` for a pair."""
        if self.left_id is not None and self.right_id is not None:
            return f"{self.left_id} ~ {self.right_id}"
        if self.right_id is not None:
            return f"training item {self.right_id}"
        return "the test side" if self.left_id is None else self.left_id


class PlantTally(Record):
    """Copies of one kind that were hidden on purpose, and how many of them the check found."""

    kind: str
    planted: int = Field(ge=0)
    found: int = Field(ge=0)


class Passage(Record):
    """Words that many test items hold in a row, and that training records share.

    `test_items` hold all of it; `train_records` hold at least one run of it.
    """

    text: str
    words: int = Field(ge=1)
    test_items: int = Field(ge=1)
    train_records: int = Field(ge=1)


class CheckRun(Record):
    """One contamination check over one scope: what was compared and what was found.

    `one_by_one` tells a check that looks at each item by itself, so that no pair is compared.
    `reason` says why a run is inconclusive or was not run, or what a waiver says. `histogram`
    counts the best score of every matched test item in 20 equal bins over [0, 1]. `accepted`
    counts the pairs that were found and that a file of accepted findings allows; they are not
    among the matches. `passages` are what many test items share with training records.
    """

    check: str
    scope: str
    params: JsonObject
    items_comparable: int = Field(ge=0)
    items_not_comparable: int | None = Field(default=None, ge=0)
    pairs_compared: int = Field(ge=0)
    one_by_one: bool | None = None
    matches: tuple[Match, ...] = ()
    accepted: int | None = Field(default=None, ge=0)
    passages: tuple[Passage, ...] | None = None
    planted: int = Field(ge=0)
    planted_found: int = Field(ge=0)
    plants: tuple[PlantTally, ...] | None = None
    histogram: tuple[int, ...] | None = None
    reason: str | None = None
    status: RunStatus

    @model_validator(mode="after")
    def _status_follows_from_what_ran(self) -> Self:
        compared = self.items_comparable if self.one_by_one else self.pairs_compared
        blind = compared == 0 or self.planted == 0 or self.planted_found < self.planted
        if self.status == "not_run" and not self.matches:
            expected = "not_run"
        elif self.matches:
            expected = "flagged"
        elif blind or self.items_not_comparable:
            expected = "inconclusive"
        else:
            expected = "clean"
        if self.status != expected:
            raise ValueError(f"status {self.status!r} does not follow from the counts ({expected})")
        return self


class ContaminationReport(Record):
    """One result per check and scope, and the verdict of the strictest of those that ran."""

    schema_version: Literal[1] = 1
    runs: tuple[CheckRun, ...]

    @property
    def status(self) -> RunStatus:
        """The strictest status of the runs that ran; `not_run` when none did."""
        return _strictest(self.runs)

    def by_check(self) -> dict[str, RunStatus]:
        """Return the strictest status of each check over all its scopes."""
        names = dict.fromkeys(run.check for run in self.runs)
        return {name: _strictest(r for r in self.runs if r.check == name) for name in names}


def _strictest(runs: Iterable[CheckRun]) -> RunStatus:
    statuses = {run.status for run in runs}
    for status in ("flagged", "inconclusive", "clean"):
        if status in statuses:
            return status
    return "not_run"
