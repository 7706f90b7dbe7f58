"""What a run would ask of models and what it would cost, found out without asking any.

The run is rehearsed (`rehearse.py`). Low: every candidate and every score is good at once. High: as
many candidates as are allowed, one repair and one rewrite for each, one more judge for every task.
Retries, repairs of judges and near-duplicates that are compared are not foreseen; the cap holds for
them all the same.
"""

from collections.abc import Iterable
from typing import Literal

from benchwright.calls.ledger import Spent
from benchwright.calls.prices import PICODOLLARS
from benchwright.calls.spec import CallRole
from benchwright.errors import ConfigError
from benchwright.pipeline.calls import (
    ledger_path,
    open_ledger,
    prices_of,
    read_models,
    refuse_unfit_models,
)
from benchwright.pipeline.rehearse import Rehearsed, Sums, rehearse
from benchwright.pipeline.run import Run
from benchwright.tasks import JsonObject, Record

Part = Literal["build", "gate", "synthetic"]


class Amount(Record):
    """Calls that are still to be made, their tokens and their price."""

    calls: int
    input_tokens: int
    output_tokens: int
    picodollars: int

    @property
    def usd(self) -> float:
        """The price in dollars."""
        return self.picodollars / PICODOLLARS


class EstimateRow(Record):
    """One model in one part; `held` counts replies that the ledger has, which cost nothing."""

    role: CallRole
    model: str
    held: int
    low: Amount
    high: Amount


class Estimate(Record):
    """What a run would cost, beside what the version has cost.

    Attributes:
        cap_picodollars: The most that the version may cost; None where no model is paid.
        spent_picodollars: What counts against the cap already: settled, lost and in flight.
    """

    rows: tuple[EstimateRow, ...]
    cap_picodollars: int | None
    spent_picodollars: int

    @property
    def low_picodollars(self) -> int:
        """The least that the run will cost."""
        return sum(row.low.picodollars for row in self.rows)

    @property
    def high_picodollars(self) -> int:
        """The most that is foreseen."""
        return sum(row.high.picodollars for row in self.rows)

    @property
    def fits(self) -> bool:
        """Whether the low estimate stays within the cap."""
        cap = self.cap_picodollars
        return cap is None or self.spent_picodollars + self.low_picodollars <= cap

    def to_values(self) -> JsonObject:
        """Return the estimate as JSON values."""
        return {
            **self.model_dump(mode="json"),
            "low_picodollars": self.low_picodollars,
            "high_picodollars": self.high_picodollars,
            "fits": self.fits,
        }


def estimate(run: Run, part: Part) -> Estimate:
    """Rehearse a run and return what it would ask and cost.

    Args:
        run: The run.
        part: `synthetic` leaves out the judging of rows that no model wrote.

    Raises:
        ConfigError: If the price or the lineage of a paid model is unknown, or it has no budget.
        InputError: If a trace file cannot be used.
    """
    config = run.project.config
    if part == "synthetic" and config.author.synthetic is None:
        raise ConfigError(
            "the config has no author.synthetic", fix="add a section synthetic: under author:"
        )
    models = read_models(run)
    refuse_unfit_models(run, models)
    prices = prices_of(run)
    ledger = open_ledger(run) if ledger_path(run).exists() else None
    try:
        rehearsed = rehearse(run, models, prices, ledger, all_modes=part != "synthetic")
        spent = ledger.spent() if ledger else Spent(settled=0, lost=0, reserved=0)
    finally:
        if ledger is not None:
            ledger.close()
    return Estimate(
        rows=tuple(_rows(rehearsed)),
        cap_picodollars=config.budget.max_picodollars if config.budget else None,
        spent_picodollars=spent.total,
    )


def _rows(rehearsed: Rehearsed) -> Iterable[EstimateRow]:
    for role, model in sorted({(role, model) for role, model, _ in rehearsed.high}):
        yield EstimateRow(
            role=role,
            model=model,
            held=rehearsed.low[role, model, "held"],
            low=_amount(rehearsed.low, role, model),
            high=_amount(rehearsed.high, role, model),
        )


def _amount(sums: Sums, role: CallRole, model: str) -> Amount:
    return Amount(
        calls=sums[role, model, "calls"],
        input_tokens=sums[role, model, "input"],
        output_tokens=sums[role, model, "output"],
        picodollars=sums[role, model, "picodollars"],
    )
