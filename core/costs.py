"""What the models of a release cost, counted from its log of calls: `manifests/cost.json`.

A mode without a call has no price at all, which is not the same as a price of nothing: our own
rules answer for nothing, and so may an engine of one's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from benchwright.calls.log import CallRow
from benchwright.calls.spec import CallRole, CostSource
from benchwright.tasks import Mode, Record

Count = Annotated[int, Field(ge=0)]


class Priced(Record):
    """Calls whose cost is known from one source.

    Attributes:
        source: `provider` where the reply said what it cost, `price_table` where its tokens were
            priced, `free` for our own rules.
    """

    source: CostSource
    calls: Count
    picodollars: Count


class CostRow(Record):
    """One model in one part of one authoring mode.

    Attributes:
        mode: Of the rows, kept or not, that the calls were about.
        without_usage: Calls whose reply did not count its tokens.
        priced: The same calls by the source of their cost.
    """

    mode: Mode
    role: CallRole
    model: str
    calls: Count
    without_usage: Count
    input_tokens: Count
    output_tokens: Count
    picodollars: Count
    priced: tuple[Priced, ...]


class ModeCost(Record):
    """One authoring mode; without a call it has no dollars, not even 0.

    Attributes:
        accepted_tasks: Its tasks in the release.
        picodollars_per_accepted_task: Rounded down; absent where no task was accepted.
    """

    mode: Mode
    accepted_tasks: Count
    status: Literal["no_calls", "calls"]
    calls: Count
    picodollars: Count | None = None
    picodollars_per_accepted_task: Count | None = None


class CostReport(Record):
    """`manifests/cost.json`: calls, tokens and dollars, in picodollars (10^-12)."""

    schema_version: Literal[1] = 1
    status: Literal["no_calls", "calls"] = "no_calls"
    calls: Count = 0
    input_tokens: Count = 0
    output_tokens: Count = 0
    picodollars: Count | None = None
    modes: tuple[ModeCost, ...] = ()
    rows: tuple[CostRow, ...] = ()


def cost_of(calls: Sequence[CallRow], accepted: Mapping[Mode, int]) -> CostReport:
    """Return what the calls of a release come to.

    Args:
        calls: The log, each call once.
        accepted: Tasks of the release by authoring mode.
    """
    grouped: dict[tuple[Mode, CallRole, str], list[CallRow]] = defaultdict(list)
    for call in calls:
        grouped[call.mode, call.role, call.requested].append(call)
    rows = tuple(_row(*key, group) for key, group in sorted(grouped.items()))
    kept = {mode for mode, tasks in accepted.items() if tasks}
    modes = sorted({*kept, *(row.mode for row in rows)})
    return CostReport(
        status="calls" if rows else "no_calls",
        calls=sum(row.calls for row in rows),
        input_tokens=sum(row.input_tokens for row in rows),
        output_tokens=sum(row.output_tokens for row in rows),
        picodollars=sum(row.picodollars for row in rows) if rows else None,
        modes=tuple(
            _mode(mode, accepted.get(mode, 0), [row for row in rows if row.mode == mode])
            for mode in modes
        ),
        rows=rows,
    )


def dollars(picodollars: int | None) -> str:
    """Return an amount in dollars with six decimals; "no calls" where there is none."""
    return "no calls" if picodollars is None else f"${picodollars / 1e12:.6f}"


def _row(mode: Mode, role: CallRole, model: str, calls: Sequence[CallRow]) -> CostRow:
    usages = [call.usage for call in calls if call.usage is not None]
    by_source: Counter[CostSource] = Counter(call.cost_source for call in calls)
    return CostRow(
        mode=mode,
        role=role,
        model=model,
        calls=len(calls),
        without_usage=len(calls) - len(usages),
        input_tokens=sum(usage.input_tokens for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        picodollars=_sum(calls),
        priced=tuple(
            Priced(
                source=source,
                calls=count,
                picodollars=_sum(call for call in calls if call.cost_source == source),
            )
            for source, count in sorted(by_source.items())
        ),
    )


def _mode(mode: Mode, accepted: int, rows: Sequence[CostRow]) -> ModeCost:
    spent = sum(row.picodollars for row in rows) if rows else None
    return ModeCost(
        mode=mode,
        accepted_tasks=accepted,
        status="calls" if rows else "no_calls",
        calls=sum(row.calls for row in rows),
        picodollars=spent,
        picodollars_per_accepted_task=spent // accepted if spent is not None and accepted else None,
    )


def _sum(calls: Iterable[CallRow]) -> int:
    return sum(call.cost_picodollars for call in calls)
