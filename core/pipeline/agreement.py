"""Read raw labels, find the clusters of the labelled tasks, and measure the agreement."""

from collections.abc import Sequence
from pathlib import Path

from benchwright.errors import InputError, Place
from benchwright.judges.raters.reading import read_labels
from benchwright.judges.raters.report import AgreementReport, measure_agreement
from benchwright.pipeline.kin import read_clusters


def agreement_of_files(
    labels: Sequence[Path], *, tasks: Path | None = None, seed: int = 0
) -> AgreementReport:
    """Return what the raw labels of files show.

    Args:
        labels: JSON Lines of raw labels, of one or several annotators and passes.
        tasks: The labelled tasks, which say who is kin to whom; None counts each task by itself.
        seed: Of the resamples.

    Raises:
        InputError: If a file holds something else than raw labels, or a labelled task is not among
            the tasks.
    """
    read = read_labels(labels)
    if tasks is None:
        return measure_agreement(read, seed=seed)
    clusters = read_clusters(tasks)
    strange = sorted({label.task_id for label in read} - clusters.keys())
    if strange:
        raise InputError(
            f"{len(strange)} labelled tasks are not among these tasks, such as {strange[0]!r}",
            fix="give the tasks that were labelled with --tasks",
            place=Place(file=str(tasks)),
        )
    return measure_agreement(read, clusters=clusters, seed=seed)
