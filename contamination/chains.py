"""Which items hang together by what all checks found?"""

from collections.abc import Sequence

from benchwright.findings import Cluster
from benchwright.verdicts import CheckRun


def chains(runs: Sequence[CheckRun]) -> tuple[Cluster, ...]:
    """Return what chains of matches connect, the largest first; test ids lead."""
    group: dict[str, str] = {}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    links = [
        (f"test {match.left_id}", f"train {match.right_id}", run.check)
        for run in runs
        for match in run.matches
        if None not in (match.left_id, match.right_id)
    ]
    for left, right, _ in links:
        first, second = sorted((root(left), root(right)))
        group[second] = first
    members: dict[str, set[str]] = {}
    checks: dict[str, set[str]] = {}
    for left, right, check in links:
        members.setdefault(root(left), set()).update((left, right))
        checks.setdefault(root(left), set()).add(check)
    found = [
        Cluster(ids=tuple(sorted(ids)), checks=tuple(sorted(checks[name])))
        for name, ids in members.items()
    ]
    return tuple(sorted(found, key=lambda cluster: (-len(cluster.ids), cluster.ids)))
