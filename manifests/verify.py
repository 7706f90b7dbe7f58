"""Can this release be proved, without network and without what built it?

Everything is recomputed from the folder. Whatever stands there is untrusted: what cannot be read
is a finding, never a crash, and a check that could not run says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import TemplateError

from benchwright.errors import InputError, Place
from benchwright.manifests.authoring import AuthoringManifest
from benchwright.manifests.card import render_card
from benchwright.manifests.documents import (
    AUTHORING,
    CARD,
    CITATION,
    HOUSE_RULES,
    LICENSE,
    MANIFESTS,
    manifest_text,
    other_texts,
)
from benchwright.manifests.load import Loaded, is_plain_file, load_documents, short
from benchwright.manifests.reconcile import (
    Finding,
    RowCounts,
    check_authoring,
    check_gate,
    check_splits,
)
from benchwright.manifests.release import read_release_rows
from benchwright.manifests.rows import split_path
from benchwright.manifests.spool import compute_canary
from benchwright.manifests.verify_files import check_listed_files, check_sums, hash_files
from benchwright.manifests.verify_rows import RowChecks, ScoreReference, check_duplicates
from benchwright.tasks import Record, Task

TEXTS = (*MANIFESTS, HOUSE_RULES, CARD, CITATION, LICENSE)
_NEED_ROWS = (
    "rows",
    "counts",
    "merkle root",
    "canary",
    "kin across splits",
    "sources",
    "references",
)
_NEED_MANIFEST = ("listed files", "texts", *_NEED_ROWS)

Rows = Callable[[], Iterator[tuple[str, Task]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraCheck:
    """A check that another package contributes; `run` gets (split, task) of every row."""

    name: str
    run: Callable[[Rows], Iterable[Finding]]


class Checked(Record):
    """One thing that was checked, over how many items; `not_run` is neither pass nor fail."""

    name: str
    status: Literal["passed", "failed", "not_run"]
    items: int


class VerifyReport(Record):
    """What was checked and what did not agree."""

    schema_version: Literal[1] = 1
    checked: tuple[Checked, ...]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """True when nothing was found and at least one check ran."""
        return not self.findings and any(check.status == "passed" for check in self.checked)


def verify_release(
    folder: Path,
    *,
    score_reference: ScoreReference | None = None,
    extra: Sequence[ExtraCheck] = (),
) -> VerifyReport:
    """Recompute everything that a release folder says of itself.

    Args:
        folder: The release; nothing outside it is read and no link is followed.
        score_reference: Says whether a task's reference passes its rubric; without it the check
            `references` is reported as not run.
        extra: Further checks; they run when all rows can be read.

    Raises:
        InputError: If there is no such folder.
    """
    if not folder.is_dir():
        raise InputError(
            "no such folder", fix="give the folder of a release", place=Place(file=str(folder))
        )
    outcome = _Outcome()
    files: list[Finding] = []
    hashes = hash_files(folder, files)
    files += check_sums(folder, hashes)
    outcome.add("files", len(hashes), files)
    loaded = load_documents(folder)
    outcome.add("manifests", len(MANIFESTS), loaded.findings)
    manifest = loaded.authoring
    unread = {finding.file for finding in files}
    if manifest is None:
        outcome.skip(*_NEED_MANIFEST, *(check.name for check in extra))
        return outcome.report()
    outcome.add("listed files", len(manifest.files), check_listed_files(folder, hashes, manifest))
    outcome.add("texts", len(TEXTS), _check_texts(folder, loaded))
    paths = {split_path(split.name) for split in manifest.splits}
    if unread & paths or not paths <= set(hashes):
        outcome.skip(*_NEED_ROWS, *(check.name for check in extra))
        return outcome.report()
    _check_rows(folder, loaded, manifest, outcome, score_reference, extra)
    return outcome.report()


class _Outcome:
    """Collects what was checked, in order."""

    def __init__(self) -> None:
        self._checked: list[Checked] = []
        self._findings: list[Finding] = []

    def add(self, name: str, items: int, findings: Iterable[Finding]) -> bool:
        """Note a check that ran; return whether it passed."""
        found = list(findings)
        status: Literal["passed", "failed"] = "failed" if found else "passed"
        self._checked.append(Checked(name=name, status=status, items=items))
        self._findings += found
        return not found

    def skip(self, *names: str) -> None:
        """Note checks that could not run."""
        self._checked += [Checked(name=name, status="not_run", items=0) for name in names]

    def report(self) -> VerifyReport:
        return VerifyReport(checked=tuple(self._checked), findings=tuple(self._findings))


def _check_rows(
    folder: Path,
    loaded: Loaded,
    manifest: AuthoringManifest,
    outcome: _Outcome,
    score_reference: ScoreReference | None,
    extra: Sequence[ExtraCheck],
) -> None:
    checks = RowChecks(folder, manifest, score_reference)
    for split in manifest.splits:
        checks.read(split.name)
    facts = checks.facts
    readable = outcome.add("rows", facts.rows, [*checks.rows.listed(), *check_duplicates(facts)])
    outcome.add("counts", len(manifest.rows), _check_counts(loaded, manifest, facts.counted))
    outcome.add("merkle root", facts.rows, _check_root(manifest, facts.merkle_root()))
    outcome.add("canary", facts.rows, [*checks.canary.listed(), *_check_canary(manifest)])
    outcome.add("kin across splits", facts.rows, checks.kin.listed())
    outcome.add(
        "sources", facts.rows, [*checks.sources.listed(), *_check_calls(manifest, facts.calls)]
    )
    if score_reference is None:
        outcome.skip("references")
    else:
        outcome.add("references", facts.rows, checks.references.listed())
    for check in extra:
        if readable:
            outcome.add(check.name, facts.rows, check.run(lambda: read_release_rows(folder)))
        else:
            outcome.skip(check.name)


def _check_counts(
    loaded: Loaded, manifest: AuthoringManifest, counted: RowCounts
) -> Iterator[Finding]:
    yield from check_authoring(manifest, counted)
    if loaded.splits is not None:
        yield from check_splits(loaded.splits, counted)
    if loaded.gate is not None:
        yield from check_gate(loaded.gate, manifest)


def _check_root(manifest: AuthoringManifest, root: str) -> Iterator[Finding]:
    if manifest.merkle_root != root:
        problem = f"says {manifest.merkle_root}; the rows give {root}"
        yield Finding(file=AUTHORING, field="merkle_root", problem=problem)


def _check_canary(manifest: AuthoringManifest) -> Iterator[Finding]:
    benchmark = manifest.benchmark
    canary = compute_canary(benchmark.name, benchmark.version, manifest.merkle_root)
    if manifest.canary != canary:
        problem = f"says {manifest.canary}; name, version and rows give {canary}"
        yield Finding(file=AUTHORING, field="canary", problem=problem)


def _check_calls(manifest: AuthoringManifest, calls: set[str]) -> Iterator[Finding]:
    if manifest.model_calls != len(calls):
        problem = f"says {manifest.model_calls}; the rows name {len(calls)}"
        yield Finding(file=AUTHORING, field="model_calls", problem=problem)


def _check_texts(folder: Path, loaded: Loaded) -> Iterator[Finding]:
    """Write every text again from the manifests and compare it byte for byte."""
    documents = loaded.documents()
    if documents is None:
        yield Finding(file=CARD, problem="cannot be written again: a manifest is missing")
        return
    try:
        texts = {**other_texts(documents), AUTHORING: manifest_text(documents.authoring)}
        texts[CARD] = render_card(documents, manifest_text=texts[AUTHORING])
        expected = {name: text.encode() for name, text in texts.items()}
    except (ValueError, TemplateError) as error:
        yield Finding(file=CARD, problem=f"cannot be written again: {short(error)}")
        return
    for name, data in sorted(expected.items()):
        found = _head(folder / name, len(data) + 1) if is_plain_file(folder, name) else b""
        if found != data:
            yield Finding(
                file=name,
                field=_first_difference(found, data),
                problem="is not what the manifests give",
            )


def _head(path: Path, size_bytes: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size_bytes)


def _first_difference(found: bytes, expected: bytes) -> str:
    pairs = zip(found.split(b"\n"), expected.split(b"\n"), strict=False)
    number = next((i for i, (left, right) in enumerate(pairs, start=1) if left != right), None)
    return f"line {number}" if number else "end of the file"
