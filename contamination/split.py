"""Divide tasks among splits so that no kin are parted and every stratum keeps its share.

Clusters are placed from the largest on, each where the squared distance to the targets falls
most; then single clusters move while it falls further. Where a whole split ends too far from its
share, that counts before the strata. The result depends on the tasks, the
ratios and the seed, never on the order in which the tasks come.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchwright.contamination.clusters import Cluster
from benchwright.errors import ConfigError, Place
from benchwright.splits import SplitReport, SplitShare, StratumShare

MAX_IMPROVEMENT_PASSES = 8
_DIGITS = 6
_SMALLEST_GAIN = 1e-9
_OVERALL = 0
_OVERALL_FIRST = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The split of each task id, and what that came to."""

    split_of: dict[str, str]
    report: SplitReport


def assign_splits(
    clusters: Sequence[Cluster],
    ratios: Mapping[str, float],
    *,
    seed: int,
    max_deviation: float = 0.05,
) -> Assignment:
    """Give every cluster, whole, to one split.

    Args:
        clusters: Groups of kin, as `cluster_rows` returns them.
        ratios: Share of each split by name, in the order of the report; they sum to 1.
        seed: Decides between equals.
        max_deviation: How far a split's share may end from its ratio, as a part of 1. One task
            more is allowed, since tasks are whole.

    Raises:
        ConfigError: If the ratios are not shares of 1, or cannot be met with these clusters.
    """
    _check_ratios(ratios, max_deviation)
    total = sum(len(cluster.ids) for cluster in clusters)
    allowed = max_deviation + (1 / total if total else 0)
    _check_feasible(clusters, ratios, total, allowed)
    draws = {cluster.ids[0]: _draw(seed, cluster.ids[0]) for cluster in clusters}
    order = sorted(clusters, key=lambda c: (-len(c.ids), draws[c.ids[0]], c.ids[0]))
    table = _Table(order, ratios)
    for index, cluster in enumerate(order):
        table.place(index, draws[cluster.ids[0]])
    table.improve(overall_weight=1)
    table.fill_empty_splits()
    report = _report(table, clusters, ratios, seed=seed, allowed=allowed)
    if _worst(report) > report.allowed_difference:
        table.improve(overall_weight=_OVERALL_FIRST)
        report = _report(table, clusters, ratios, seed=seed, allowed=allowed)
    _check_met(report, clusters)
    return Assignment(split_of=table.split_of(), report=report)


class _Table:
    """What every split still needs, overall and in each stratum, and where each cluster went."""

    def __init__(self, order: Sequence[Cluster], ratios: Mapping[str, float]) -> None:
        self.names = list(ratios)
        self.sizes = _stratum_sizes(order)
        self.strata = sorted(self.sizes)
        self._order = order
        place = {stratum: i + 1 for i, stratum in enumerate(self.strata)}
        self._vectors = [
            ((_OVERALL, len(cluster.ids)), *((place[s], n) for s, n in cluster.strata))
            for cluster in order
        ]
        counts = [sum(self.sizes.values()), *(self.sizes[s] for s in self.strata)]
        self._need = [[share * count for count in counts] for share in ratios.values()]
        self._overall_weight = 1.0
        self._home = [-1] * len(order)
        self._held = [0] * len(self.names)

    def place(self, index: int, draw: int) -> None:
        """Put a cluster where it is needed most; equals are decided by `draw`."""
        count = len(self.names)
        rotated = [(draw + k) % count for k in range(count)]
        self._move(index, max(rotated, key=lambda split: self._wanted(index, split)))

    def improve(self, *, overall_weight: float) -> None:
        """Move single clusters while the squared distance to the targets falls.

        A split that holds one cluster keeps it. `overall_weight` says how much the distance of
        whole splits counts against that of their strata.
        """
        self._overall_weight = overall_weight
        for _ in range(MAX_IMPROVEMENT_PASSES):
            moved = False
            for index, home in enumerate(self._home):
                if self._held[home] == 1:
                    continue
                best = max(range(len(self.names)), key=lambda split: self._gain(index, split))
                if self._gain(index, best) > _SMALLEST_GAIN:
                    self._move(index, best)
                    moved = True
            if not moved:
                return

    def fill_empty_splits(self) -> None:
        """Give a split that got nothing the cluster whose move costs least."""
        for split, held in enumerate(self._held):
            if held == 0:
                spare = [i for i, home in enumerate(self._home) if self._held[home] > 1]
                self._move(max(spare, key=lambda i: self._gain(i, split)), split)

    def counts(self) -> list[Counter[tuple[str, str]]]:
        """Return, split by split, the tasks of each stratum."""
        counts: list[Counter[tuple[str, str]]] = [Counter() for _ in self.names]
        for cluster, home in zip(self._order, self._home, strict=True):
            counts[home].update(dict(cluster.strata))
        return counts

    def split_of(self) -> dict[str, str]:
        """Return the split of every task, in the order of the ids."""
        homes = {
            task_id: self.names[home]
            for cluster, home in zip(self._order, self._home, strict=True)
            for task_id in cluster.ids
        }
        return dict(sorted(homes.items()))

    def _wanted(self, index: int, split: int) -> float:
        need = self._need[split]
        return sum(count * need[place] for place, count in self._vectors[index])

    def _gain(self, index: int, split: int) -> float:
        """How far the squared distance falls, halved, if the cluster moves to `split`."""
        home = self._home[index]
        if split == home:
            return 0.0
        there, here = self._need[split], self._need[home]
        size = self._vectors[index][_OVERALL][1]
        gain = sum(n * (there[place] - here[place] - n) for place, n in self._vectors[index])
        overall = size * (there[_OVERALL] - here[_OVERALL] - size)
        return gain + (self._overall_weight - 1) * overall

    def _move(self, index: int, split: int) -> None:
        home = self._home[index]
        for place, count in self._vectors[index]:
            self._need[split][place] -= count
            if home >= 0:
                self._need[home][place] += count
        self._held[split] += 1
        if home >= 0:
            self._held[home] -= 1
        self._home[index] = split


def _stratum_sizes(clusters: Sequence[Cluster]) -> Counter[tuple[str, str]]:
    sizes: Counter[tuple[str, str]] = Counter()
    for cluster in clusters:
        sizes.update(dict(cluster.strata))
    return sizes


def _draw(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}\x1f{name}".encode()).digest()[:8], "big")


def _check_ratios(ratios: Mapping[str, float], max_deviation: float) -> None:
    for name, share in ratios.items():
        if not 0 < share <= 1:
            raise ConfigError(
                f"the share of split {name!r} is {share:g}",
                fix="give each split a share above 0 and at most 1, or leave the split out",
                place=Place(field=f"split.{name}"),
            )
    total = sum(ratios.values())
    if abs(total - 1) > 1e-6:
        raise ConfigError(
            f"the shares {_shares_text(ratios)} sum to {total:g}, not 1",
            fix="correct the shares so that they sum to 1",
            place=Place(field="split"),
        )
    if not 0 < max_deviation <= 1:
        raise ConfigError(
            f"max_deviation is {max_deviation:g}",
            fix="give a part of 1, such as 0.05",
            place=Place(field="split.max_deviation"),
        )


_LONGER_RUNS = "raise contamination.ngram_words where tasks quote the records of one environment"


def _check_feasible(
    clusters: Sequence[Cluster], ratios: Mapping[str, float], total: int, allowed: float
) -> None:
    if len(clusters) < len(ratios):
        raise ConfigError(
            f"{total} tasks in {len(clusters)} clusters of kin cannot fill {len(ratios)} splits"
            + _kin_text(clusters),
            fix=f"author more tasks that share nothing, ask for fewer splits, or {_LONGER_RUNS}",
            place=Place(field="split"),
        )
    name, share = max(ratios.items(), key=lambda item: item[1])
    largest = max(clusters, key=lambda cluster: len(cluster.ids))
    if len(largest.ids) > (share + allowed) * total:
        raise ConfigError(
            f"a cluster of {len(largest.ids)} kin tasks does not fit into the largest split, "
            f"{name!r}, which may hold {int((share + allowed) * total)} of {total}"
            + _kin_text([largest]),
            fix="author more tasks that share nothing with it, raise split.max_deviation, or "
            f"{_LONGER_RUNS}",
            place=Place(field=f"split.{name}"),
        )


def _check_met(report: SplitReport, clusters: Sequence[Cluster]) -> None:
    worst = max(report.shares, key=lambda share: abs(share.difference))
    if _worst(report) > report.allowed_difference:
        raise ConfigError(
            f"split {worst.name!r} would hold {worst.tasks} of {report.tasks} tasks, a share of "
            f"{worst.share:.3f} where {worst.target:g} is asked for; no closer division of "
            f"{report.clusters} clusters of kin was found" + _kin_text(clusters),
            fix="author more tasks that share nothing, change the shares, or raise "
            f"split.max_deviation to {abs(worst.difference):.3f} or more",
            place=Place(field=f"split.{worst.name}"),
        )


def _worst(report: SplitReport) -> float:
    return max(abs(share.difference) for share in report.shares)


def _kin_text(clusters: Sequence[Cluster]) -> str:
    if not clusters:
        return ""
    largest = max(clusters, key=lambda cluster: len(cluster.ids))
    if largest.widest is None:
        return ""
    name, count = largest.widest
    return f" (the largest has {len(largest.ids)} tasks, of which {count} share {name})"


def _shares_text(ratios: Mapping[str, float]) -> str:
    return " + ".join(f"{name} {share:g}" for name, share in ratios.items())


def _report(
    table: _Table,
    clusters: Sequence[Cluster],
    ratios: Mapping[str, float],
    *,
    seed: int,
    allowed: float,
) -> SplitReport:
    counts = table.counts()
    total = sum(table.sizes.values())
    shares = []
    strata = []
    for (name, target), held in zip(ratios.items(), counts, strict=True):
        tasks = sum(held.values())
        shares.append(
            SplitShare(
                name=name,
                target=target,
                tasks=tasks,
                share=round(tasks / total, _DIGITS),
                difference=round(tasks / total - target, _DIGITS),
            )
        )
        strata += [
            StratumShare.model_validate(
                {
                    "split": name,
                    "mode": mode,
                    "dimension": dimension,
                    "target": round(target * size, _DIGITS),
                    "tasks": held[mode, dimension],
                    "difference": round(held[mode, dimension] - target * size, _DIGITS),
                }
            )
            for (mode, dimension), size in sorted(table.sizes.items())
        ]
    return SplitReport(
        seed=seed,
        tasks=total,
        clusters=len(clusters),
        largest_cluster=max(len(cluster.ids) for cluster in clusters),
        allowed_difference=round(allowed, _DIGITS),
        shares=tuple(shares),
        strata=tuple(strata),
    )
