"""Write a release folder, whole or not at all, and read its tasks back.

Rows are spooled to disk and written in the order of their ids, so that no more than one group of
rows is in memory and their order says nothing of how they were made.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from benchwright.accepted import AcceptedFindings
from benchwright.costs import CostReport
from benchwright.errors import CheckFailedError, InputError, Place
from benchwright.files import atomic_writer, file_sha256, write_lines, write_text
from benchwright.judging import JudgingReport
from benchwright.leakage import LOG, LeakageReport
from benchwright.manifests.authoring import (
    AuthoringManifest,
    BenchmarkRef,
    FileRef,
    GateManifest,
    ModeCounts,
    PackRef,
    Providers,
    RowCount,
    SourceRef,
    SplitCount,
)
from benchwright.manifests.card import render_card
from benchwright.manifests.checksums import SUMS, sums_text, walk, write_sums
from benchwright.manifests.documents import (
    AUTHORING,
    CARD,
    Documents,
    manifest_text,
    other_texts,
)
from benchwright.manifests.environment import package_versions
from benchwright.manifests.reconcile import check_authoring, check_splits, gate_counts
from benchwright.manifests.rows import read_rows, split_path, to_task, write_rows
from benchwright.manifests.spool import Spool, compute_canary
from benchwright.splits import SplitReport
from benchwright.tasks import JsonObject, Task
from benchwright.verdicts import ContaminationReport
from benchwright.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInput:
    """Everything a release is written from.

    Attributes:
        tasks: Returns the tasks that were kept and split, in any order; called once.
        split_of: The split of every task id.
        counts: One entry per mode, in the order of the card.
        reasons: What each rule or reason slug in `counts` means.
        judging: What the judges did, where the config names any.
        coverage: `{"families": [{"family", "feasible", "covered", …}, …]}`.
        diversity: `{mode: {measure: number}}`.
        house_rules: Passages that tasks may share.
        leakage: Who wrote and judged the rows, and the rules that this breaks.
        cost: What the calls cost.
        calls: Returns the lines of the log of calls; called once.
    """

    benchmark: BenchmarkRef
    created_at: datetime | None
    config_sha256: str
    pack: PackRef
    sources: tuple[SourceRef, ...]
    seeds: Mapping[str, int]
    providers: Providers
    counts: tuple[ModeCounts, ...]
    reasons: Mapping[str, str]
    tasks: Callable[[], Iterable[Task]]
    split_of: Mapping[str, str]
    splits: SplitReport
    contamination: ContaminationReport
    coverage: JsonObject
    diversity: JsonObject
    house_rules: AcceptedFindings
    leakage: LeakageReport
    cost: CostReport
    calls: Callable[[], Iterable[str]]
    judging: JudgingReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRelease:
    """A release on disk; `is_new` is False when the same bytes stood there already."""

    folder: Path
    manifest: AuthoringManifest
    is_new: bool


def write_release(out: Path, release: ReleaseInput, *, replace: bool = False) -> WrittenRelease:
    """Write a release to `out`.

    Args:
        out: The release folder. Built beside it under a temporary name, then renamed.
        release: What to write.
        replace: Put the new release in the place of a different one.

    Raises:
        InputError: If a task comes twice or has no split, or the counts do not agree with the
            rows.
        CheckFailedError: If another release stands in `out` and `replace` is False.
    """
    partial = out.with_name(f".{out.name}.partial")
    _restore(out)
    _remove(partial)
    partial.mkdir(parents=True)
    try:
        manifest = _write_all(partial, release)
        is_new = _put_in_place(partial, out, replace=replace)
    finally:
        _remove(partial)
    return WrittenRelease(folder=out, manifest=manifest, is_new=is_new)


def read_release_rows(folder: Path) -> Iterator[tuple[str, Task]]:
    """Yield (split, task) of every row of a release, split by split, in the order of ids.

    Raises:
        InputError: If the folder holds no release, or a row is no task.
    """
    paths = sorted((folder / "data" / "tasks").glob("*.parquet"))
    if not paths:
        raise InputError(
            "no release: data/tasks/ holds no Parquet file",
            fix="give the folder that `benchwright build` names as the release",
            place=Place(file=str(folder)),
        )
    for path in paths:
        split = path.name.split("-")[0]
        for number, row in enumerate(_readable_rows(path)):
            try:
                task = to_task(row)
            except (ValueError, RecursionError) as error:
                raise InputError(
                    f"row {number} is not a task: {' '.join(str(error).split())[:200]}",
                    fix="build the release again",
                    place=Place(file=str(path)),
                ) from error
            yield split, task


def read_release_tasks(folder: Path) -> Iterator[Task]:
    """Yield every task of a release; see `read_release_rows`."""
    return (task for _, task in read_release_rows(folder))


def _write_all(folder: Path, release: ReleaseInput) -> AuthoringManifest:
    spool_path = folder / ".rows"
    with spool_path.open("w+b") as stream:
        spool = _spool_rows(stream, release)
        merkle_root = spool.seal()
        benchmark = release.benchmark
        canary = compute_canary(benchmark.name, benchmark.version, merkle_root)
        for share in release.splits.shares:
            with atomic_writer(folder / split_path(share.name)) as parquet:
                write_rows(parquet, spool.rows(share.name, canary))
    spool_path.unlink()
    manifest = _manifest(release, spool, merkle_root=merkle_root, canary=canary)
    _refuse_what_disagrees(manifest, release, spool)
    documents = _documents(manifest, release)
    for name, values in other_texts(documents).items():
        write_text(folder / name, values)
    if release.leakage.roster:
        write_lines(folder / LOG, release.calls())
    manifest = manifest.model_copy(update={"files": _file_refs(folder)})
    documents = _documents(manifest, release)
    text = manifest_text(manifest)
    write_text(folder / AUTHORING, text)
    write_text(folder / CARD, render_card(documents, manifest_text=text))
    write_sums(folder)
    return manifest


def _spool_rows(stream: IO[bytes], release: ReleaseInput) -> Spool:
    spool = Spool(stream)
    names = {share.name for share in release.splits.shares}
    for task in release.tasks():
        split = release.split_of.get(task.id)
        if split not in names:
            raise InputError(f"task {task.id} has no split", fix="split the tasks again")
        spool.add(split, task)
    return spool


def _manifest(
    release: ReleaseInput, spool: Spool, *, merkle_root: str, canary: str
) -> AuthoringManifest:
    order = [share.name for share in release.splits.shares]
    in_split = {
        name: sum(count for (split, _, _), count in spool.counted.items() if split == name)
        for name in order
    }
    counted = sorted(spool.counted.items(), key=lambda item: (order.index(item[0][0]), item[0]))
    return AuthoringManifest(
        benchmark=release.benchmark,
        tool_version=__version__,
        created_at=release.created_at,
        config_sha256=release.config_sha256,
        pack=release.pack,
        packages=package_versions(),
        sources=release.sources,
        seeds=dict(release.seeds),
        providers=release.providers,
        model_calls=len(spool.calls),
        modes=release.counts,
        tasks=sum(in_split.values()),
        splits=tuple(
            SplitCount(name=name, tasks=count, in_clear=count) for name, count in in_split.items()
        ),
        rows=tuple(
            RowCount.model_validate(
                {"split": split, "mode": mode, "dimension": dimension, "tasks": count}
            )
            for (split, mode, dimension), count in counted
        ),
        merkle_root=merkle_root,
        canary=canary,
        files={},
    )


def _refuse_what_disagrees(
    manifest: AuthoringManifest, release: ReleaseInput, spool: Spool
) -> None:
    findings = [
        *check_authoring(manifest, spool.counted),
        *check_splits(release.splits, spool.counted),
    ]
    if findings:
        listed = "\n".join(f"{f.file} ({f.field}): {f.problem}" for f in findings[:10])
        raise InputError(
            f"{len(findings)} counts do not agree with the rows\n{listed}",
            fix="run the stages again with --no-resume",
        )


def _documents(manifest: AuthoringManifest, release: ReleaseInput) -> Documents:
    return Documents(
        authoring=manifest,
        gate=GateManifest(
            judge=manifest.providers.judge,
            modes=gate_counts(manifest),
            reasons=dict(release.reasons),
            judging=release.judging,
        ),
        splits=release.splits,
        contamination=release.contamination,
        coverage=release.coverage,
        diversity=release.diversity,
        house_rules=release.house_rules,
        leakage=release.leakage,
        cost=release.cost,
    )


def _file_refs(folder: Path) -> dict[str, FileRef]:
    return {
        name: FileRef(sha256=file_sha256(folder / name), size_bytes=(folder / name).stat().st_size)
        for name in sorted(name for name, _ in walk(folder))
    }


def _put_in_place(partial: Path, out: Path, *, replace: bool) -> bool:
    if out.is_dir() and any(out.iterdir()):
        if list(walk(out)) == list(walk(partial)) and _same_bytes(out, partial):
            return False
        if not replace:
            raise CheckFailedError(
                f"another release stands in {out.name}",
                fix="raise benchmark.version, or build with --replace if nobody has the old one",
                place=Place(file=str(out)),
            )
        old = _old(out)
        out.rename(old)
        partial.rename(out)
        _remove(old)
        return True
    partial.rename(out)
    return True


def _old(out: Path) -> Path:
    return out.with_name(f".{out.name}.old")


def _restore(out: Path) -> None:
    """Undo, or finish, a replacement that was killed between its two renames."""
    if _old(out).exists():
        if out.exists():
            _remove(_old(out))
        else:
            _old(out).rename(out)


def _same_bytes(out: Path, partial: Path) -> bool:
    return (
        sums_text(out) == sums_text(partial)
        and (out / SUMS).read_bytes() == (partial / SUMS).read_bytes()
    )


def _readable_rows(path: Path) -> Iterator[JsonObject]:
    try:
        yield from read_rows(path)
    except ValueError as error:
        raise InputError(
            str(error), fix="build the release again", place=Place(file=str(path))
        ) from error


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
