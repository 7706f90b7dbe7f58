"""What a config says about models: who writes, who judges, what they cost, and what is waived."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from benchwright.calls.prices import PICODOLLARS, DeclaredPrice
from benchwright.calls.spec import ProviderKind
from benchwright.lineage.kinship import Declaration, RuleId
from benchwright.lineage.waivers import OF_A_PAIR, WHAT_TO_DO_INSTEAD, Waiver
from benchwright.tasks import Mode, Record
from benchwright.verdicts import Dimension15

OFFLINE_MODEL = "offline/rules"


class ModelConfig(Record):
    """One model and how it is called.

    A config may write the name alone: `openrouter/deepseek/deepseek-chat` goes through LiteLLM,
    `offline/rules` needs no network.

    Attributes:
        model: The name, as LiteLLM or the endpoint knows it.
        provider: `litellm` for every hosted provider, `http` for an OpenAI-compatible endpoint of
            one's own, `offline` for the rule-based author and judge.
        api_base: Base URL; required for `http`.
        key_variable: Environment variable that holds the key of an `http` endpoint; without it, no
            key is sent there.
        max_tokens: Most tokens of a reply.
        temperature: Sent when it is set.
    """

    model: Annotated[str, Field(min_length=1)]
    provider: ProviderKind = "litellm"
    api_base: Annotated[str, Field(pattern=r"^https?://[^\s@?#]+$")] | None = None
    key_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    max_tokens: Annotated[int, Field(gt=0, le=100_000)] = 2_000
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_name_alone(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        provider = "offline" if value == OFFLINE_MODEL else "litellm"
        return {"model": value, "provider": provider}

    @model_validator(mode="after")
    def _can_be_called(self) -> Self:
        if self.provider == "http" and self.api_base is None:
            raise ValueError("provider http needs api_base, the URL that ends before /chat")
        if self.key_variable is not None and self.provider != "http":
            raise ValueError("key_variable is for provider http; LiteLLM finds its own keys")
        if (self.provider == "offline") != (self.model == OFFLINE_MODEL):
            raise ValueError(f"the offline model is called {OFFLINE_MODEL}, with provider offline")
        if self.provider == "scripted":
            raise ValueError("provider scripted is for tests")
        return self


class SyntheticConfig(Record):
    """LLM-synthetic tasks: which models write in turn, and how many accepted rows are wanted.

    Attributes:
        models: The authors; their lineages rotate over the cells of the pack.
        count: Accepted rows wanted.
        traces: Trace files or globs. Their failures, redacted, are seeds beside those of the
            families: in turn with them, each once. The new task names the trace as its parent.
        max_candidates: Most candidates to try; without it, three times `count`.
        max_lineage_share: Most of a dimension's accepted rows that one author lineage may write;
            without it, an even share and a fifth more.
        rejected: Also have a plausible wrong output written for each task.
    """

    models: Annotated[tuple[ModelConfig, ...], Field(min_length=1)]
    count: Annotated[int, Field(gt=0, le=1_000_000)]
    traces: tuple[str, ...] = ()
    max_candidates: Annotated[int, Field(gt=0)] | None = None
    max_lineage_share: Annotated[float, Field(gt=0, le=1)] | None = None
    rejected: bool = True

    @field_validator("models")
    @classmethod
    def _each_once(cls, value: tuple[ModelConfig, ...]) -> tuple[ModelConfig, ...]:
        names = [item.model for item in value]
        if len(set(names)) != len(names):
            raise ValueError("a model is listed twice")
        return value


class JudgesConfig(Record):
    """The panel: which models judge, how many see a task, and the least score per dimension.

    The offline judge stands alone: beside models it would count as one of them (L010).

    Attributes:
        per_task: Judges that see a task; a split asks one more, if there is one.
        min_score: 1 to 5, used where no calibration gives one.
        modes: Which authoring modes are judged by models; the others carry a counted waiver.
        calibration: A file of `judge calibrate --judge panel --write-calibration`, from the folder
            of the config: it sets the least scores, and nothing is judged once it has expired.
        questions: Files of `judge optimise`, from the folder of the config: the judge that each of
            them names is asked its questions in place of the shipped ones.
        decisions: A file of `review export --format decisions`, from the folder of the config: what
            people decided about tasks that the judges held.
    """

    models: Annotated[tuple[ModelConfig, ...], Field(min_length=1)]
    per_task: Annotated[int, Field(ge=1, le=5)] = 2
    min_score: Dimension15 = 3
    modes: tuple[Mode, ...] = ("synthetic",)
    calibration: Path | None = None
    questions: tuple[Path, ...] = ()

    @field_validator("questions", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    decisions: Path | None = None

    @field_validator("models")
    @classmethod
    def _each_once(cls, value: tuple[ModelConfig, ...]) -> tuple[ModelConfig, ...]:
        names = [item.model for item in value]
        if len(set(names)) != len(names):
            raise ValueError("a judge is listed twice")
        if OFFLINE_MODEL in names and len(names) > 1:
            raise ValueError(f"{OFFLINE_MODEL} judges alone or not at all: it is no model")
        return value

    @model_validator(mode="after")
    def _enough_judges(self) -> Self:
        if self.judges_per_task > len(self.models):
            named = "1 judge is" if len(self.models) == 1 else f"{len(self.models)} judges are"
            raise ValueError(f"per_task is {self.per_task}, but {named} named")
        if self.calibration is not None and self.is_offline:
            raise ValueError(f"calibration is for models, and {OFFLINE_MODEL} is none")
        if self.questions and self.is_offline:
            raise ValueError(f"questions are for models, and {OFFLINE_MODEL} is none")
        return self

    @property
    def is_offline(self) -> bool:
        """Whether our own rules judge, and no model does."""
        return self.models[0].model == OFFLINE_MODEL

    @property
    def judges_per_task(self) -> int:
        """`per_task`; 1 for the offline judge, of which there is but one."""
        return 1 if self.is_offline else self.per_task


class WaiverConfig(Record):
    """A rule that does not hold for now, why, and until when; printed in the card.

    It holds up to and on `expires`, by the day in the config's `created_at`; without one it never
    holds. Names are as the config writes them.

    Attributes:
        author: Only for what this model wrote; L001 and L006 alone are about pairs.
        judge: Only for this judge.
    """

    rule: RuleId
    reason: Annotated[str, Field(min_length=8)]
    expires: date
    author: str | None = None
    judge: str | None = None

    @model_validator(mode="after")
    def _can_be_waived(self) -> Self:
        instead = WHAT_TO_DO_INSTEAD.get(self.rule)
        if instead is not None:
            raise ValueError(f"{self.rule} cannot be waived: {instead}")
        if self.rule not in OF_A_PAIR and (self.author or self.judge):
            raise ValueError(f"{self.rule} is about no pair: leave author and judge out")
        return self

    def waiver(self) -> Waiver:
        """Return it as the rules take it."""
        return Waiver(**self.model_dump())


class DeclaredModel(Record):
    """What an opaque name is, and how one knows."""

    lineages: Annotated[tuple[str, ...], Field(min_length=1)]
    reason: Annotated[str, Field(min_length=3)]


class ModelsConfig(Record):
    """What is said about models beyond their names.

    Attributes:
        lineage: A file that adds models to the shipped table; from the folder of the config.
        declare: By name.
        student: Backbone of the model that will be trained on the set, if it is known (L007).
        max_connections: Most calls at once to one endpoint.
        timeout_seconds: For one call.
    """

    lineage: Path | None = None
    declare: dict[str, DeclaredModel] = {}
    student: str | None = None
    max_connections: Annotated[int, Field(ge=1, le=256)] = 16
    timeout_seconds: Annotated[float, Field(gt=0, le=3_600)] = 120
    waivers: tuple[WaiverConfig, ...] = ()

    def declarations(self) -> list[Declaration]:
        """Return the declarations as the resolver takes them."""
        return [
            Declaration(name=name, lineages=item.lineages, reason=item.reason)
            for name, item in self.declare.items()
        ]


class BudgetConfig(Record):
    """The most that a benchmark version may cost, and prices the table does not know."""

    max_usd: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    prices: dict[str, DeclaredPrice] = {}

    @property
    def max_picodollars(self) -> int:
        """The cap in picodollars, rounded down."""
        return int(self.max_usd * PICODOLLARS)
