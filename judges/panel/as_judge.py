"""A panel of models as a judge, so that it can be held against people and planted defects."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median_low

from benchwright.judges.judge import Opinion
from benchwright.judges.mutation.catalogue import DEFECTS
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.judges.panel.roster import Writers
from benchwright.tasks import Task
from benchwright.verdicts import Verdict

NOBODY_COULD_SAY = ("J003", "J004", "L004")
NOT_SHOWN = frozenset(("two_correct_answers", "mislabelled_candidate"))
PANEL_CLAIMS = frozenset(operator.name for operator in DEFECTS) - NOT_SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelJudge:
    """One or several models; it claims every planted defect of which it is shown anything.

    Attributes:
        name: The model, or `panel`.
        panel: Decides.
        writers_of: Says who wrote a task; no kin of theirs is asked.
        verdicts: Fills up with what the models said.
    """

    name: str
    panel: Panel
    writers_of: Callable[[Task], Writers]
    claims: frozenset[str] | None = PANEL_CLAIMS
    verdicts: list[Verdict] = field(default_factory=list)

    def judge(self, task: Task) -> Opinion:
        """Return what the panel decides; a dimension has the low median of its scores.

        Raises:
            ProviderFault: If the circuit of an endpoint is open.
            BudgetError: If a call could cross the cap.
        """
        judged = self.panel.judge(task, self.writers_of(task))
        self.verdicts.extend(judged.verdicts)
        decision = judged.decision
        return Opinion(
            status="unjudged" if decision.rule in NOBODY_COULD_SAY else decision.status,
            reason=f"{decision.rule}: {decision.reasons[0]}" if decision.reasons else "",
            scores={
                dimension: median_low(given)
                for dimension in DIMENSIONS
                if (
                    given := [v.scores[dimension] for v in judged.verdicts if dimension in v.scores]
                )
            },
        )
