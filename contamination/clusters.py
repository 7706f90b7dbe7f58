"""Which tasks must stay together? Groups of kin, closed over everything they share.

Two tasks are kin when they share a key: a trace, a person, a company, a family cell, the same
input words, or what makes them too close for the checks (`near_kin.py`). Kinship is transitive: a
group holds everything that a chain of shared keys connects.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from benchwright.errors import InputError
from benchwright.kinship import kin_keys
from benchwright.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """One task as far as the split needs it; no text.

    `keys` are what it shares with its kin, each with what it stands for.
    """

    id: str
    mode: str
    dimension: str
    keys: tuple[tuple[bytes, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Tasks that stay together: their ids in order, and how many stand in each stratum.

    A stratum is a (mode, dimension). `widest` is what most of the tasks share, and how many do;
    None for a task without kin.
    """

    ids: tuple[str, ...]
    strata: tuple[tuple[tuple[str, str], int], ...]
    widest: tuple[str, int] | None


def to_row(task: Task) -> ClusterRow:
    """Return what the clusters need of a task; what it is too close to is not in it."""
    return ClusterRow(
        id=task.id,
        mode=task.provenance.mode,
        dimension=task.dimension,
        keys=tuple(kin_keys(task).named()),
    )


def cluster_rows(rows: Iterable[ClusterRow]) -> tuple[Cluster, ...]:
    """Return the clusters of all rows, by size from the largest, then by first id.

    Args:
        rows: Read once; their order does not change the result.

    Raises:
        InputError: If an id comes twice.
    """
    ids: list[str] = []
    strata: list[tuple[str, str]] = []
    seen: set[str] = set()
    groups = _Groups()
    for row in rows:
        if row.id in seen:
            raise InputError(f"task {row.id} comes twice", fix="keep one of the two")
        seen.add(row.id)
        ids.append(row.id)
        strata.append((row.mode, row.dimension))
        groups.add(row.keys)
    widest = groups.widest()
    members: dict[int, list[int]] = {}
    for index in range(len(ids)):
        members.setdefault(groups.root(index), []).append(index)
    clusters = [
        Cluster(
            ids=tuple(sorted(ids[i] for i in group)),
            strata=tuple(sorted(Counter(strata[i] for i in group).items())),
            widest=widest.get(root),
        )
        for root, group in members.items()
    ]
    return tuple(sorted(clusters, key=lambda cluster: (-len(cluster.ids), cluster.ids[0])))


class _Groups:
    """Union-find over rows; rows that share a key fall into one group.

    Source: Tarjan 1975 (doi:10.1145/321879.321884), union by size, with path halving.
    """

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._size: list[int] = []
        self._first: dict[bytes, int] = {}
        self._shared: dict[bytes, tuple[str, int]] = {}

    def add(self, keys: Iterable[tuple[bytes, str]]) -> None:
        index = len(self._parent)
        self._parent.append(index)
        self._size.append(1)
        for key, name in keys:
            first = self._first.setdefault(key, index)
            if first != index:
                self._shared[key] = (name, self._shared.get(key, (name, 1))[1] + 1)
                self._join(first, index)

    def root(self, index: int) -> int:
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def widest(self) -> dict[int, tuple[str, int]]:
        """Return, by the root of each group, the key that most of its rows share."""
        best: dict[int, tuple[str, int]] = {}
        for key, (name, count) in self._shared.items():
            root = self.root(self._first[key])
            if root not in best or (-count, name) < (-best[root][1], best[root][0]):
                best[root] = (name, count)
        return best

    def _join(self, left: int, right: int) -> None:
        left, right = self.root(left), self.root(right)
        if left == right:
            return
        if self._size[left] < self._size[right]:
            left, right = right, left
        self._parent[right] = left
        self._size[left] += self._size[right]
