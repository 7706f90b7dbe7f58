"""How far do annotators agree with one another, and each with themselves a day later?

Every figure is computed from raw labels. A rubric is trusted where the interval of the agreement
stays above the floor; below the floor it has to be revised, and in between nothing is shown.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations, pairwise
from typing import Literal

from pydantic import Field

from benchwright.canonical import sha256_hex
from benchwright.judges.agreement import (
    Figure,
    Label,
    Level,
    Row,
    Table,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    level_of,
    quadratic_kappa,
)
from benchwright.judges.raters.intervals import (
    agreement_share,
    coefficient,
    resampled_tables,
)
from benchwright.judges.raters.refusals import (
    Pass,
    Refusal,
    find_refusals,
    passes_of,
    said,
)
from benchwright.labels import DECISION, RawLabel
from benchwright.tasks import Record

FLOOR = 0.80
LEVELS: tuple[int, ...] = (1, 2, 3, 4, 5)
DECISIONS = ("accept", "reject")
Shows = Literal["shown", "insufficient", "below", "undefined"]
Verdict = Literal["refused", "blocked", "insufficient", "shown"]


class DimensionAgreement(Record):
    """Two passes on one dimension.

    Attributes:
        tasks: Tasks of which both say something; the others are missing.
        one_sided: Tasks of both passes of which only one says something.
        units: What was resampled: tasks, or clusters of kin tasks.
        agreed: Tasks with the same answer twice.
        agreement: Their share, always with its interval.
        shows: `shown` where the interval stays above the floor, `below` where the share itself
            is under it, `insufficient` in between, `undefined` where no task has both labels.
        quadratic_kappa: None for the decision, which has no order.
        first_base_rates: How often the first pass gives each answer.
    """

    dimension: str
    tasks: int = Field(ge=0)
    one_sided: int = Field(ge=0)
    units: int = Field(ge=0)
    agreed: int = Field(ge=0)
    agreement: Figure
    shows: Shows
    kappa: Figure
    quadratic_kappa: Figure | None = None
    ac1: Figure
    alpha: Figure
    first_base_rates: dict[str, float]
    second_base_rates: dict[str, float]


class Comparison(Record):
    """Two passes over the same tasks: of two annotators (`inter`), or of one (`intra`)."""

    kind: Literal["inter", "intra"]
    first: str
    second: str
    dimensions: tuple[DimensionAgreement, ...]


class AlphaOfAll(Record):
    """Krippendorff's alpha of the first passes of all annotators; a missing label is left out."""

    dimension: str
    annotators: int = Field(ge=3)
    tasks: int = Field(ge=0)
    missing: int = Field(ge=0)
    alpha: Figure


class AgreementReport(Record):
    """What raw labels show of the agreement of people.

    Attributes:
        clusters: Groups of kin among the labelled tasks; None where tasks count by themselves.
        floor: The least agreement on every dimension.
        level: What the smallest comparison can bear: nothing, a smoke test, a gate, a claim.
        refusals: Why no figure was computed; there is then no comparison.
        all_annotators: Empty for two annotators, whose alpha stands in their comparison.
        verdict: `blocked` when a dimension is below the floor, `insufficient` when one does not
            show it or there are too few tasks to gate, `shown` otherwise.
    """

    schema_version: Literal[1] = 1
    labels: int = Field(ge=1)
    tasks: int = Field(ge=1)
    annotators: tuple[str, ...]
    clusters: int | None = Field(default=None, ge=1)
    seed: int
    floor: float
    level: Level
    refusals: tuple[Refusal, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    all_annotators: tuple[AlphaOfAll, ...] = ()
    verdict: Verdict

    def below(self) -> list[str]:
        """Return the dimensions under the floor, each once."""
        return self._showing("below")

    def not_shown(self) -> list[str]:
        """Return the dimensions that do not show the floor and are not under it."""
        return self._showing("insufficient", "undefined")

    def _showing(self, *wanted: Shows) -> list[str]:
        found = (one for comparison in self.comparisons for one in comparison.dimensions)
        return list(dict.fromkeys(one.dimension for one in found if one.shows in wanted))


def measure_agreement(
    labels: Sequence[RawLabel], *, clusters: Mapping[str, str] | None = None, seed: int = 0
) -> AgreementReport:
    """Return how far the annotators agree, or why these labels cannot say.

    Args:
        labels: Raw labels, each task once in a pass.
        clusters: The cluster of every labelled task, where tasks have kin; intervals then rest on
            clusters, and so does the number of labels that a gate needs.
        seed: Of the resamples.
    """
    passes = passes_of(labels)
    refusals = find_refusals(passes)
    compared = [] if refusals else _compared(passes)
    comparisons = tuple(
        _comparison(first, second, clusters or {}, seed) for first, second in compared
    )
    sizes = [one.units for comparison in comparisons for one in comparison.dimensions]
    level = level_of(min(sizes, default=0))
    shows = {one.shows for comparison in comparisons for one in comparison.dimensions}
    verdict: Verdict = "shown"
    if refusals:
        verdict = "refused"
    elif "below" in shows:
        verdict = "blocked"
    elif shows != {"shown"} or level not in ("gate", "claim"):
        verdict = "insufficient"
    tasks = {label.task_id for label in labels}
    return AgreementReport(
        labels=len(labels),
        tasks=len(tasks),
        annotators=tuple(sorted({label.annotator for label in labels})),
        clusters=len({clusters[task_id] for task_id in tasks}) if clusters else None,
        seed=seed,
        floor=FLOOR,
        level=level,
        refusals=refusals,
        comparisons=comparisons,
        all_annotators=() if refusals else tuple(_of_all(passes, clusters or {}, seed)),
        verdict=verdict,
    )


def _compared(passes: Sequence[Pass]) -> list[tuple[Pass, Pass]]:
    inter = combinations(_first_passes(passes), 2)
    intra = (
        (first, second) for first, second in pairwise(passes) if first.annotator == second.annotator
    )
    return [
        (first, second)
        for first, second in (*inter, *intra)
        if first.labels.keys() & second.labels.keys()
    ]


def _first_passes(passes: Sequence[Pass]) -> list[Pass]:
    found: dict[str, Pass] = {}
    for given in passes:
        found.setdefault(given.annotator, given)
    return list(found.values())


def _comparison(first: Pass, second: Pass, clusters: Mapping[str, str], seed: int) -> Comparison:
    common = sorted(first.labels.keys() & second.labels.keys())
    fields = dict.fromkeys((*first.fields, *second.fields))
    ordered = [name for name in fields if name != DECISION] + [DECISION] * (DECISION in fields)
    return Comparison(
        kind="intra" if first.annotator == second.annotator else "inter",
        first=first.name,
        second=second.name,
        dimensions=tuple(
            _dimension(name, first, second, common, clusters, seed) for name in ordered
        ),
    )


def _dimension(
    name: str,
    first: Pass,
    second: Pass,
    common: Sequence[str],
    clusters: Mapping[str, str],
    seed: int,
) -> DimensionAgreement:
    rows = {
        task_id: (said(first.labels[task_id], name), said(second.labels[task_id], name))
        for task_id in common
    }
    both = {task_id: row for task_id, row in rows.items() if None not in row}
    units = _units(both, clusters)
    levels: Sequence[Label] = DECISIONS if name == DECISION else LEVELS
    resamples = resampled_tables(units, seed=_seed(seed, first, second, name)) if units else []
    figure: Callable[[Callable[[Table], float]], Figure] = partial(coefficient, units, resamples)
    share = agreement_share(units)
    return DimensionAgreement(
        dimension=name,
        tasks=len(both),
        one_sided=sum(row.count(None) == 1 for row in rows.values()),
        units=len(units),
        agreed=sum(one == other for one, other in both.values()),
        agreement=share,
        shows=_shows(share),
        kappa=figure(cohen_kappa),
        quadratic_kappa=None
        if name == DECISION
        else figure(partial(quadratic_kappa, levels=levels)),
        ac1=figure(partial(gwet_ac1, labels=levels)),
        alpha=figure(
            partial(krippendorff_alpha, levels=None if name == DECISION else levels),
        ),
        first_base_rates=_base_rates([row[0] for row in both.values()], levels),
        second_base_rates=_base_rates([row[1] for row in both.values()], levels),
    )


def _units(rows: Mapping[str, Row], clusters: Mapping[str, str]) -> list[Table]:
    units: dict[str, Counter[Row]] = {}
    for task_id, row in rows.items():
        units.setdefault(clusters.get(task_id, task_id), Counter())[row] += 1
    return list(units.values())


def _shows(share: Figure) -> Shows:
    if share.value is None or share.low is None:
        return "undefined"
    if share.value < FLOOR:
        return "below"
    return "shown" if share.low >= FLOOR else "insufficient"


def _of_all(passes: Sequence[Pass], clusters: Mapping[str, str], seed: int) -> list[AlphaOfAll]:
    firsts = _first_passes(passes)
    if len(firsts) < 3:
        return []
    tasks = sorted({task_id for given in firsts for task_id in given.labels})
    found = []
    for name in dict.fromkeys(name for given in firsts for name in given.fields):
        rows = {
            task_id: tuple(
                said(given.labels[task_id], name) if task_id in given.labels else None
                for given in firsts
            )
            for task_id in tasks
        }
        usable = {task_id: row for task_id, row in rows.items() if len(row) - row.count(None) > 1}
        units = _units(usable, clusters)
        resamples = resampled_tables(units, seed=_seed(seed, name)) if units else []
        levels = None if name == DECISION else LEVELS
        found.append(
            AlphaOfAll(
                dimension=name,
                annotators=len(firsts),
                tasks=len(usable),
                missing=sum(row.count(None) for row in rows.values()),
                alpha=coefficient(units, resamples, partial(krippendorff_alpha, levels=levels)),
            )
        )
    return sorted(found, key=lambda one: (one.dimension == DECISION, one.dimension))


def _base_rates(answers: Sequence[Label | None], levels: Sequence[Label]) -> dict[str, float]:
    return {
        str(level): round(answers.count(level) / len(answers), 6) for level in levels if answers
    }


def _seed(seed: int, *parts: object) -> int:
    names = [part.name if isinstance(part, Pass) else str(part) for part in parts]
    return int(sha256_hex("\x1f".join((str(seed), *names)))[:15], 16)
