"""Which cluster of kin does a task belong to? For intervals over what was really sampled."""

from pathlib import Path

from benchwright.contamination.clusters import cluster_rows, to_row
from benchwright.pipeline.score import read_any_tasks


def read_clusters(tasks: Path) -> dict[str, str]:
    """Return the cluster of every task of a release folder or JSON Lines file.

    A cluster is named after its first task; two tasks are kin when they share a trace, a company,
    a family cell or their input.

    Raises:
        InputError: If a line is no task, or a task comes twice.
    """
    clusters = cluster_rows(to_row(task) for task in read_any_tasks(tasks))
    return {task_id: cluster.ids[0] for cluster in clusters for task_id in cluster.ids}
