"""What `contamination calibrate` reads and writes: labelled pairs, measured detectors, a policy.

A policy holds thresholds and how they were measured; `contamination check --policy` reads it.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from benchwright.tasks import Record, Sha256

Half = Literal["a", "b"]
Kind = Literal[
    "copy",
    "case_and_punctuation",
    "one_word_edit",
    "one_of_few_words_edit",
    "entity_swap",
    "paraphrase",
    "same_template_different_task",
    "same_topic",
    "unrelated",
]
Label = Literal["leak", "no_leak"]
ThresholdCheck = Literal["containment", "minhash", "masked", "embedding"]
PARAMETERS: dict[ThresholdCheck, str] = {
    "containment": "min_containment",
    "minhash": "min_jaccard",
    "masked": "min_jaccard",
    "embedding": "min_cosine_similarity",
}
Share = Annotated[float, Field(ge=0, le=1)]
Threshold = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class LabelledPair(Record):
    """Two texts, and whether the one leaks the other.

    Half "a" sets thresholds and half "b" only measures; a text stands in one half alone. Without
    a half, the hash of the first source (or else of `left`) decides. `kind` says how the two
    differ, `made` whether a rule or a hand wrote the second, `sources` what it was written from.
    """

    schema_version: Literal[1] = 1
    id: Text
    half: Half | None = None
    kind: Kind
    label: Label
    made: Literal["rule", "hand"] = "hand"
    sources: tuple[Text, ...] = ()
    left: Text
    right: Text


class Rate(Record):
    """A share and its 95 % Wilson interval; `of` is never 0."""

    found: int = Field(ge=0)
    of: int = Field(ge=1)
    rate: Share
    low: Share
    high: Share


class KindRate(Record):
    """How many pairs of a kind were flagged; without a rate where there are fewer than 50."""

    kind: Kind
    label: Label
    pairs: int = Field(ge=1)
    flagged: Rate | None = None


class Measure(Record):
    """What a detector finds on one half with one threshold.

    `threshold` is None for a detector that has none. Recall is over the kinds it is for, precision
    over these and all pairs without a leak (None where nothing was flagged), and
    `false_positives` over the kind without a leak that is flagged most, `worst_kind`.
    """

    half: Half
    threshold: float | None = None
    recall: Rate
    precision: Rate | None = None
    false_positives: Rate
    worst_kind: Kind
    kinds: tuple[KindRate, ...]


class CurvePoint(Record):
    """Precision, recall and the rate of false positives of the worst kind, on half b."""

    threshold: float
    recall: Share
    precision: Share
    false_positive_rate: Share


class Proposal(Record):
    """A threshold that half a proposes, and what it finds on both halves.

    Every threshold above `lowest` and up to `highest` flags the same of half a: the default is
    kept where it is one of them, and else the middle proposed.
    """

    threshold: Threshold
    lowest: Share
    highest: Share
    half_a: Measure
    half_b: Measure


class DetectorCalibration(Record):
    """One detector on the labelled pairs; `claims` are the kinds of leaks that it is for.

    `insufficient` says that a half has too few pairs of them, or of a kind without a leak; there
    is then no number. `at_default` is measured on half b. A detector without a threshold, or one
    that no threshold makes as precise as was asked, has no proposal.
    """

    check: ThresholdCheck | Literal["exact", "ngram"]
    claims: tuple[Kind, ...]
    parameter: str | None = None
    status: Literal["measured", "insufficient", "not_run"]
    reason: str | None = None
    model: str | None = None
    model_sha256: Sha256 | None = None
    at_default: Measure | None = None
    proposal: Proposal | None = None
    curve: tuple[CurvePoint, ...] = ()


class PairSet(Record):
    """Which labelled pairs were used: the shipped ones (`file` is None) or a user's."""

    file: str | None = None
    sha256: Sha256
    pairs: int = Field(ge=1)
    half_a: int = Field(ge=0)
    half_b: int = Field(ge=0)


class CalibrationReport(Record):
    """How precisely and how completely each detector works on labelled pairs."""

    schema_version: Literal[1] = 1
    tool: str
    normaliser: str
    pairs: PairSet
    max_false_positives: Share
    detectors: tuple[DetectorCalibration, ...]


class MeasuredRates(Record):
    """What a threshold finds on one half."""

    half: Half
    recall: Rate
    false_positives: Rate
    worst_kind: Kind


class PolicyThreshold(Record):
    """One threshold, the half that set it, and what it finds on both.

    `model` and `model_sha256` name the model of the embedding check; the threshold holds for no
    other.
    """

    check: ThresholdCheck
    parameter: str
    value: Threshold
    model: str | None = None
    model_sha256: Sha256 | None = None
    set_on: Literal["a"]
    measured: tuple[MeasuredRates, ...] = ()

    @model_validator(mode="after")
    def _is_of_its_check(self) -> Self:
        if self.parameter != PARAMETERS[self.check]:
            raise ValueError(f"the parameter of {self.check} is {PARAMETERS[self.check]}")
        if (self.model_sha256 is not None) != (self.check == "embedding"):
            raise ValueError("model_sha256 goes with embedding, and with nothing else")
        return self


class Policy(Record):
    """The thresholds of a benchmark: what they are, and the pairs that they were set on."""

    record: Literal["contamination_policy"]
    schema_version: Literal[1]
    tool: str
    normaliser: str
    pairs: PairSet
    max_false_positives: Share
    thresholds: Annotated[tuple[PolicyThreshold, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_one_threshold_a_check(self) -> Self:
        checks = [threshold.check for threshold in self.thresholds]
        if len(set(checks)) < len(checks):
            raise ValueError(f"a check has two thresholds: {', '.join(checks)}")
        return self


class ThresholdUse(Record):
    """A threshold that a check used, and who set it."""

    check: ThresholdCheck
    parameter: str
    value: float
    source: Literal["default", "policy", "flag"]


class PolicyUse(Record):
    """The policy that a check was given, and the pairs that it was set on."""

    file: str
    sha256: Sha256
    pairs_sha256: Sha256
