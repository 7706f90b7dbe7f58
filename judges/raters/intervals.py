"""How sure is a figure about labels? Intervals over tasks, or over clusters of kin tasks.

A unit is what was sampled: one task, or a cluster of tasks that share their kin. Units are drawn
again with replacement, never single tasks of a cluster.
"""

from collections.abc import Callable, Sequence

from benchwright.judges.agreement import (
    RESAMPLES,
    SMOKE,
    Figure,
    Table,
    UndefinedError,
    insufficient,
    resampled_figure,
)
from benchwright.rates import wilson


def resampled_tables(units: Sequence[Table], *, seed: int) -> list[Table]:
    """Return the tables of resampled units, `RESAMPLES` of them.

    Args:
        units: One table a unit.
        seed: Equal seeds give equal resamples.

    Source: Field and Welsh 2007 (doi:10.1111/j.1467-9868.2007.00593.x), the cluster bootstrap.
    """
    import numpy as np

    rows = sorted({row for unit in units for row in unit}, key=repr)
    counts = np.array([[unit.get(row, 0) for row in rows] for unit in units], dtype=np.int64)
    draw = np.random.default_rng(seed)
    times = draw.multinomial(len(units), [1 / len(units)] * len(units), size=RESAMPLES)
    return [
        {row: int(count) for row, count in zip(rows, table, strict=True) if count}
        for table in times @ counts
    ]


def coefficient(
    units: Sequence[Table], resamples: Sequence[Table], statistic: Callable[[Table], float]
) -> Figure:
    """Return a coefficient with a percentile interval over the units.

    Below 50 units it is *insufficient*; where chance leaves no denominator, *undefined*.
    """
    if len(units) < SMOKE:
        return insufficient(len(units))
    try:
        value = statistic(joined(units))
    except UndefinedError as error:
        return Figure(status="undefined", tasks=len(units), reason=str(error))
    values: list[float] = []
    for table in resamples:
        try:
            values.append(statistic(table))
        except UndefinedError:
            continue
    return resampled_figure(value, values, tasks=len(units))


def agreement_share(units: Sequence[Table]) -> Figure:
    """Return the share of tasks that get the same answer twice, with a Wilson interval.

    Where a unit is a cluster, the interval is that of the effective number of tasks: the variance
    between clusters decides how much a task of a cluster counts. Where nothing varies, a cluster
    counts as one task.

    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201, on effective sample sizes.
    """
    pairs = [(_agreed(unit), sum(unit.values())) for unit in units]
    tasks = sum(of for _, of in pairs)
    if not tasks:
        return Figure(status="undefined", tasks=0, reason="no task has both labels")
    agreed = sum(hits for hits, _ in pairs)
    effective = _effective_tasks(pairs, agreed, tasks)
    low, high = wilson(agreed / tasks * effective, effective)
    return Figure(
        status="measured",
        value=round(agreed / tasks, 6),
        low=round(low, 6),
        high=round(high, 6),
        tasks=tasks,
    )


def joined(units: Sequence[Table]) -> Table:
    """Return the table of all units together."""
    table: dict[tuple[str | int | None, ...], int] = {}
    for unit in units:
        for row, count in unit.items():
            table[row] = table.get(row, 0) + count
    return table


def _agreed(unit: Table) -> int:
    return sum(count for row, count in unit.items() if len(set(row)) == 1)


def _effective_tasks(pairs: Sequence[tuple[int, int]], agreed: int, tasks: int) -> float:
    units = len(pairs)
    if units == tasks:
        return tasks
    share = agreed / tasks
    spread = sum((hits - share * of) ** 2 for hits, of in pairs)
    if agreed in (0, tasks) or units < 2 or not spread:
        return units
    variance = units / (units - 1) * spread / tasks**2
    return min(float(tasks), share * (1 - share) / variance)
