"""Questions that `judge optimise` wrote, and the judges that are asked them in place of ours.

They were measured on one model, so that only that one is asked them. The rules that follow each
question stay ours, and a file whose rules are others is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from benchwright.canonical import sha256_hex
from benchwright.judges.calibration import CalibrationReport
from benchwright.judges.panel.prompts import DIMENSIONS, levels_sha256, question_and_rules
from benchwright.judging import JudgeUse
from benchwright.tasks import Record, Sha256


class Question(Record):
    """The system prompt of one dimension: what was written, and the rules that always follow."""

    text: str
    sha256: Sha256
    changed: bool


class OptimisedJudge(Record):
    """The new prompts of a judge, and how it agrees with people before and after.

    Attributes:
        judge: The model whose prompts these are.
        reworded_by: The model that wrote them.
        optimised_on: Labelled tasks of the half that was used to write them.
        not_asked: Tasks that the judge may not grade: its kin wrote them, or nobody knows who did.
        before: The shipped prompts on the other half, which the optimiser never saw.
        after: The new prompts on that half.
        uses: Calls, tokens and dollars of each model, replies from the ledger included.
    """

    schema_version: Literal[1] = 1
    judge: str
    reworded_by: str
    seed: int
    labels_sha256: Sha256
    optimised_on: int = Field(ge=0)
    not_asked: int = Field(default=0, ge=0)
    prompts: dict[str, Question]
    before: CalibrationReport
    after: CalibrationReport
    uses: tuple[JudgeUse, ...]

    def refused_because(self) -> str | None:
        """Return why these prompts cannot be used as they stand; None when they can."""
        if set(self.prompts) != set(DIMENSIONS):
            return f"it has questions for {', '.join(sorted(self.prompts))}, not for our dimensions"
        for dimension, question in sorted(self.prompts.items()):
            if sha256_hex(question.text) != question.sha256:
                return f"the question for {dimension} is not the one that was measured"
            if not question.text.endswith(f"\n\n{question_and_rules(dimension)[1]}"):
                return f"the rules after the question for {dimension} are not today's"
        return None


@dataclass(frozen=True, slots=True)
class Questions:
    """System prompts by judge and dimension; a judge that is not here is asked what we ship."""

    by_judge: Mapping[str, Mapping[str, Question]] = field(default_factory=dict)

    def of(self, judge: str, dimension: str) -> Question | None:
        """Return what a judge is asked in place of our question."""
        return self.by_judge.get(judge, {}).get(dimension)

    def sha256s(self) -> dict[str, str]:
        """Return the sha256 of every prompt, by judge and dimension."""
        return {
            f"optimised/{judge}/{dimension}": question.sha256
            for judge, questions in sorted(self.by_judge.items())
            for dimension, question in sorted(questions.items())
        }

    def levels_sha256(self, judges: Iterable[str]) -> str:
        """Return the sha256 of the questions and levels that these judges are asked."""
        own = Questions({name: self.by_judge[name] for name in judges if name in self.by_judge})
        if not own.by_judge:
            return levels_sha256()
        named = (f"{name} {sha256}" for name, sha256 in own.sha256s().items())
        return sha256_hex("\n".join((levels_sha256(), *named)))
