"""What people decided about held tasks, and what that changes in a build.

A decision is about one task, by the hash of its content, and about the rule for which it was held:
if the judges hold the same task for another reason later, it waits for a person again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from benchwright.canonical import sha256_hex
from benchwright.errors import InputError, Place
from benchwright.files import BadLine, read_lines
from benchwright.pipeline.run import Run
from benchwright.reviews import HeldDecision, HeldUse
from benchwright.verdicts import GateDecision

_STATUS = {"accept": "accepted", "reject": "rejected"}
PERSON = "J006"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSaid:
    """The decisions of a file, by the task and the rule for which it was held."""

    sha256: str
    decisions: Mapping[tuple[str, str], HeldDecision]

    def settle(self, decision: GateDecision) -> GateDecision:
        """Return what stands after people have spoken; what was not held stays as it is."""
        said = self._about(decision)
        if said is None:
            return decision
        return GateDecision.model_validate(
            {
                **decision.model_dump(),
                "status": _STATUS[said.decision],
                "rule": "accepted" if said.decision == "accept" else PERSON,
                "reasons": (
                    f"{said.person}: {said.reason}",
                    *(f"held before by {decision.rule}: {one}" for one in decision.reasons),
                ),
                "basis": "person",
            }
        )

    def use(self, held: Iterable[GateDecision]) -> HeldUse:
        """Return what became of the tasks that the judges held."""
        counts: Counter[str] = Counter()
        used = 0
        for decision in held:
            said = self._about(decision)
            used += said is not None
            counts["open" if said is None else _STATUS[said.decision]] += 1
        return HeldUse(
            sha256=self.sha256,
            accepted=counts["accepted"],
            rejected=counts["rejected"],
            open=counts["open"],
            not_held=len(self.decisions) - used,
        )

    def _about(self, decision: GateDecision) -> HeldDecision | None:
        if decision.status != "held":
            return None
        return self.decisions.get((decision.task_id, decision.rule))


def people_said(run: Run) -> PeopleSaid | None:
    """Return what `judges.decisions` of the config holds; None where the config names no file.

    Raises:
        InputError: If the file is absent, a line is no decision, or two people disagree.
    """
    config = run.project.config.judges
    if config is None or config.decisions is None:
        return None
    return read_decisions(run.project.base / config.decisions)


def read_decisions(path: Path) -> PeopleSaid:
    """Read a file of decisions as `benchwright review export --format decisions` writes it.

    Raises:
        InputError: If it is absent, a line is no decision, or two lines contradict each other.
    """
    found: dict[tuple[str, str], HeldDecision] = {}
    for line in read_lines(path):
        if isinstance(line, BadLine):
            raise InputError(line.reason, fix="mend or remove the line", place=line.place)
        place = Place(file=str(path), line=line.number)
        try:
            said = HeldDecision.model_validate(line.value)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise InputError(
                f"no decision: {field}: {first['msg']}",
                fix="write it with `benchwright review export --format decisions`",
                place=place,
            ) from error
        before = found.setdefault((said.task_id, said.rule), said)
        if before.decision != said.decision:
            raise InputError(
                f"{said.person} says {said.decision} of {said.task_id}, and {before.person} says "
                f"{before.decision}",
                fix="let them settle it, and keep one of the two lines",
                place=place,
            )
    return PeopleSaid(sha256=sha256_hex(path.read_bytes()), decisions=found)
