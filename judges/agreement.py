"""Do two or more judges, people or models, agree, and by how much more than chance?

Every statistic reads a *table*: how often each row of labels stands in the sample, a row being what
the judges said of one task, None where one said nothing. A statistic that chance leaves without a
denominator is *undefined*, never 0, 1 or NaN; one from too few labels is *insufficient*.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from benchwright.rates import wilson
from benchwright.seeds import seeded_random
from benchwright.tasks import Record

Label = str | int
Row = tuple[Label | None, ...]
Table = Mapping[Row, int]
Level = Literal["insufficient", "smoke", "gate", "claim"]

SMOKE, GATE, CLAIM = 50, 100, 200
RESAMPLES = 1_000
_MAX_UNDEFINED_SHARE = 0.05


class Figure(Record):
    """One statistic of a sample.

    Attributes:
        status: `measured`; `undefined` where the labels leave it without a value; `insufficient`
            where there are too few of them.
        low: Lower end of the 95 % interval.
        high: Upper end.
        tasks: Tasks it rests on.
        reason: Why there is no value, or no interval.
    """

    status: Literal["measured", "undefined", "insufficient"]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    tasks: int = Field(ge=0)
    reason: str | None = None

    @property
    def text(self) -> str:
        """The figure as a report shows it: a number with its interval, or the word."""
        if self.value is None:
            return f"{self.status}: {self.reason}"
        if self.low is None or self.high is None:
            return f"{self.value:.3f} (no interval: {self.reason})"
        return f"{self.value:.3f} (95 % {self.low:.3f} to {self.high:.3f})"


class UndefinedError(Exception):
    """A statistic has no value for these labels; the message says why."""


def level_of(tasks: int) -> Level:
    """Return what this many labelled tasks can bear: nothing, a smoke test, a gate or a claim."""
    if tasks < SMOKE:
        return "insufficient"
    return "smoke" if tasks < GATE else "gate" if tasks < CLAIM else "claim"


def tabulate(rows: Iterable[Sequence[Label | None]]) -> Counter[Row]:
    """Return how often each row of labels occurs."""
    return Counter(tuple(row) for row in rows)


def percent_agreement(table: Table) -> float:
    """Return the share of tasks of which two judges say the same.

    Raises:
        UndefinedError: If no task has both labels.
    """
    pairs = _pairs(table)
    return sum(count for (a, b), count in pairs.items() if a == b) / sum(pairs.values())


def cohen_kappa(table: Table) -> float:
    """Return Cohen's kappa of two judges.

    Raises:
        UndefinedError: If a judge gave one label only: what cannot vary cannot agree.

    Source: Cohen 1960, Educational and Psychological Measurement 20, 37-46.
    """
    return _kappa(table, lambda a, b: float(a != b))


def quadratic_kappa(table: Table, levels: Sequence[Label]) -> float:
    """Return Cohen's kappa with quadratic weights over ordered levels.

    Raises:
        UndefinedError: As `cohen_kappa`.

    Source: Cohen 1968, Psychological Bulletin 70, 213-220.
    """
    place = {level: index for index, level in enumerate(levels)}
    return _kappa(table, lambda a, b: float((place[a] - place[b]) ** 2))


def gwet_ac1(table: Table, labels: Sequence[Label]) -> float:
    """Return Gwet's AC1 of two judges, which stays defined where one label is rare.

    Args:
        table: What both said.
        labels: Every label that could have been given.

    Raises:
        UndefinedError: If no task has both labels, or there is only one label to give.

    Source: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, 29-48.
    """
    if len(labels) < 2:
        raise UndefinedError("there is only one label to give")
    pairs = _pairs(table)
    total = sum(pairs.values())
    used: Counter[Label] = Counter()
    for (a, b), count in pairs.items():
        used[a] += count
        used[b] += count
    shares = [used[label] / (2 * total) for label in labels]
    chance = sum(share * (1 - share) for share in shares) / (len(labels) - 1)
    return (percent_agreement(table) - chance) / (1 - chance)


def krippendorff_alpha(table: Table, levels: Sequence[Label] | None = None) -> float:
    """Return Krippendorff's alpha of any number of judges; a missing label is left out.

    Args:
        table: What they said, None for nothing.
        levels: The labels in their order, for ordinal distances; nominal without it.

    Raises:
        UndefinedError: If no task has two labels, or all labels are the same.

    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
    """
    weights: dict[tuple[Label, Label], float] = {}
    for row, count in table.items():
        given = Counter(label for label in row if label is not None)
        size = given.total()
        if size < 2:
            continue
        for a, times in given.items():
            for b, others in given.items():
                pairs = times * (others - (a == b))
                weights[a, b] = weights.get((a, b), 0.0) + count * pairs / (size - 1)
    totals: dict[Label, float] = {}
    for (a, _), weight in weights.items():
        totals[a] = totals.get(a, 0.0) + weight
    if not totals:
        raise UndefinedError("no task has two labels")
    if len(totals) < 2:
        raise UndefinedError(f"every label is {next(iter(totals))!r}")
    distance = _nominal if levels is None else _ordinal(totals, levels)
    observed = sum(weight * distance(a, b) for (a, b), weight in weights.items())
    expected = sum(totals[a] * totals[b] * distance(a, b) for a in totals for b in totals)
    return 1 - (sum(totals.values()) - 1) * observed / expected


def share_figure(hits: int, tasks: int) -> Figure:
    """Return a share with its Wilson interval, or why it has none."""
    if tasks == 0:
        return Figure(status="undefined", tasks=0, reason="there is nothing to count")
    if tasks < SMOKE:
        return insufficient(tasks)
    low, high = wilson(hits, tasks)
    return Figure(
        status="measured",
        value=round(hits / tasks, 6),
        low=round(low, 6),
        high=round(high, 6),
        tasks=tasks,
    )


def insufficient(tasks: int, needed: int = SMOKE) -> Figure:
    """Return the word for a sample that is too small."""
    return Figure(
        status="insufficient", tasks=tasks, reason=f"{tasks} labelled tasks, {needed} are needed"
    )


def bootstrap_figure(table: Table, statistic: Callable[[Table], float], *, seed: int) -> Figure:
    """Return a statistic with a percentile interval over resampled tasks.

    A resample that leaves the statistic undefined is left out; above 5 % of them there is no
    interval.

    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
    """
    tasks = sum(table.values())
    if tasks < SMOKE:
        return insufficient(tasks)
    try:
        value = statistic(table)
    except UndefinedError as error:
        return Figure(status="undefined", tasks=tasks, reason=str(error))
    draw = seeded_random("bootstrap", seed)
    rows = sorted(table, key=repr)
    counts = [table[row] for row in rows]
    values: list[float] = []
    for _ in range(RESAMPLES):
        try:
            values.append(statistic(Counter(draw.choices(rows, counts, k=tasks))))
        except UndefinedError:
            continue
    return resampled_figure(value, values, tasks=tasks)


def resampled_figure(value: float, values: Sequence[float], *, tasks: int) -> Figure:
    """Return a statistic with the percentile interval of its values in the resamples.

    Args:
        value: Of the sample.
        values: Of those resamples in which it has one; without an interval below 95 % of them.
        tasks: What was resampled.
    """
    if len(values) < (1 - _MAX_UNDEFINED_SHARE) * RESAMPLES:
        reason = f"undefined in {RESAMPLES - len(values)} of {RESAMPLES} resamples"
        return Figure(status="measured", value=round(value, 6), tasks=tasks, reason=reason)
    ordered = sorted(values)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.025, 0.975))
    return Figure(
        status="measured",
        value=round(value, 6),
        low=round(low, 6),
        high=round(high, 6),
        tasks=tasks,
    )


def _pairs(table: Table) -> dict[tuple[Label, Label], int]:
    pairs: dict[tuple[Label, Label], int] = {}
    for row, count in table.items():
        if len(row) != 2:
            raise ValueError(f"a row of {len(row)} labels, where two judges give 2")
        a, b = row
        if a is not None and b is not None:
            pairs[a, b] = pairs.get((a, b), 0) + count
    if not pairs:
        raise UndefinedError("no task has both labels")
    return pairs


def _kappa(table: Table, distance: Callable[[Label, Label], float]) -> float:
    pairs = _pairs(table)
    total = sum(pairs.values())
    first: Counter[Label] = Counter()
    second: Counter[Label] = Counter()
    for (a, b), count in pairs.items():
        first[a] += count
        second[b] += count
    for name, used in (("first", first), ("second", second)):
        if len(used) == 1:
            raise UndefinedError(f"the {name} judge says {next(iter(used))} only")
    observed = sum(count * distance(a, b) for (a, b), count in pairs.items()) / total
    expected = sum(first[a] * second[b] * distance(a, b) for a in first for b in second) / total**2
    return 1 - observed / expected


def _nominal(a: Label, b: Label) -> float:
    return float(a != b)


def _ordinal(
    totals: Mapping[Label, float], levels: Sequence[Label]
) -> Callable[[Label, Label], float]:
    place = {level: index for index, level in enumerate(levels)}

    def distance(a: Label, b: Label) -> float:
        low, high = sorted((place[a], place[b]))
        between = sum(totals.get(level, 0.0) for level in levels[low : high + 1])
        return float((between - (totals[a] + totals[b]) / 2) ** 2)

    return distance
