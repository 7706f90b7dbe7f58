"""What a release says of itself, in short: the data behind `benchwright manifest show`."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchwright.costs import dollars
from benchwright.errors import InputError, Place
from benchwright.manifests.card import coverage_totals, diversity_rows, reason_rows
from benchwright.manifests.documents import Documents
from benchwright.manifests.load import load_documents
from benchwright.tasks import JsonObject

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A title, the names of the columns, and the rows."""

    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSummary:
    """The manifests of a release, as values or as tables."""

    documents: Documents

    def to_values(self) -> JsonObject:
        """Return the summary as JSON values."""
        documents, manifest = self.documents, self.documents.authoring
        stated = manifest.model_dump(
            mode="json", exclude_none=True, exclude={"files", "rows", "splits", "modes"}
        )
        return {
            **stated,
            "splits": [share.model_dump(mode="json") for share in documents.splits.shares],
            "clusters": documents.splits.clusters,
            "largest_cluster": documents.splits.largest_cluster,
            "dimensions": dict(sorted(_by_dimension(documents).items())),
            "funnel": [mode.model_dump(mode="json") for mode in manifest.modes],
            "reasons": documents.gate.reasons,
            "roster": [entry.model_dump(mode="json") for entry in documents.leakage.roster],
            "judged": [row.model_dump(mode="json") for row in documents.leakage.judged],
            "cost": documents.cost.model_dump(mode="json", exclude_none=True),
            "coverage": coverage_totals(documents.coverage),
            "contamination": {
                "status": documents.contamination.status,
                "runs": len(documents.contamination.runs),
                "planted": sum(run.planted for run in documents.contamination.runs),
                "planted_found": sum(run.planted_found for run in documents.contamination.runs),
            },
            "files": len(manifest.files),
            "size_bytes": sum(file.size_bytes for file in manifest.files.values()),
        }

    @property
    def tables(self) -> list[Table]:
        """Return what is printed, from where it comes to how it was checked; no empty table."""
        tables = [
            self._facts(),
            self._funnel(),
            self._reasons(),
            self._sources(),
            self._roster(),
            self._judged(),
            self._cost(),
            self._splits(),
            self._dimensions(),
            self._checks(),
            self._diversity(),
        ]
        return [table for table in tables if table.rows]

    def _facts(self) -> Table:
        manifest = self.documents.authoring
        authors = (f"{mode} by {by}" for mode, by in sorted(manifest.providers.author.items()))
        coverage = coverage_totals(self.documents.coverage)
        created = manifest.created_at
        rows: tuple[Row, ...] = (
            ("benchmark", f"{manifest.benchmark.name} {manifest.benchmark.version}"),
            ("licence", manifest.benchmark.license),
            ("tasks", manifest.tasks),
            ("pack", f"{manifest.pack.name} ({manifest.pack.title})"),
            ("authors", ", ".join(authors)),
            ("judge", manifest.providers.judge),
            ("model calls", manifest.model_calls),
            ("coverage", f"{coverage['covered']} of {coverage['feasible']} feasible combinations"),
            ("across splits", self.documents.contamination.status),
            ("built with", f"benchwright {manifest.tool_version}"),
            ("time", created.isoformat() if created else "none was given"),
            ("Merkle root", manifest.merkle_root),
            ("canary", manifest.canary),
        )
        return Table(title="Release", header=("what", "value"), rows=rows)

    def _funnel(self) -> Table:
        manifest = self.documents.authoring
        names = [split.name for split in manifest.splits]
        rows = tuple(
            (
                *(mode.mode, mode.read, mode.authored, mode.checked, mode.kept),
                *(mode.splits.get(name, 0) for name in names),
            )
            for mode in manifest.modes
        )
        header = ("mode", "read", "authored", "checked", "kept", *names)
        return Table(title="Funnel", header=header, rows=rows)

    def _reasons(self) -> Table:
        reasons = reason_rows(self.documents.authoring, self.documents.gate)
        rows = tuple((row["stage"], row["mode"], row["text"], row["count"]) for row in reasons)
        header = ("stage", "mode", "reason", "count")
        return Table(title="Left out, by reason", header=header, rows=rows)

    def _sources(self) -> Table:
        rows = tuple(
            (source.name, source.format, source.records, source.bad_records, source.groups)
            for source in self.documents.authoring.sources
        )
        header = ("source", "format", "records", "bad records", "groups")
        return Table(title="Sources", header=header, rows=rows)

    def _roster(self) -> Table:
        rows = tuple(
            (
                *(entry.role, entry.requested, ", ".join(entry.served), ", ".join(entry.lineage)),
                *(entry.kind, entry.calls),
            )
            for entry in self.documents.leakage.roster
        )
        header = ("role", "asked for", "answered", "lineage", "how", "calls")
        return Table(title="Models", header=header, rows=rows)

    def _judged(self) -> Table:
        rows = tuple(
            (row.mode, row.tasks, row.models, row.offline, row.person, row.waived, row.nobody)
            for row in self.documents.leakage.judged
        )
        header = (
            "mode",
            "tasks",
            "by models",
            "by offline rules",
            "by a person",
            "waived",
            "by nobody",
        )
        return Table(title="Judged", header=header, rows=rows)

    def _cost(self) -> Table:
        cost = self.documents.cost
        rows = tuple(
            (
                *(row.mode, row.role, row.model, row.calls, row.input_tokens, row.output_tokens),
                dollars(row.picodollars),
            )
            for row in cost.rows
        )
        header = ("mode", "role", "model", "calls", "input tokens", "output tokens", "dollars")
        return Table(title=f"Cost: {dollars(cost.picodollars)}", header=header, rows=rows)

    def _splits(self) -> Table:
        in_clear = {split.name: split.in_clear for split in self.documents.authoring.splits}
        rows = tuple(
            (
                *(share.name, share.target, share.tasks, share.share, share.difference),
                in_clear.get(share.name, 0),
            )
            for share in self.documents.splits.shares
        )
        header = ("split", "target", "tasks", "share", "difference", "rows in clear")
        return Table(title="Splits", header=header, rows=rows)

    def _dimensions(self) -> Table:
        questions = self.documents.authoring.pack.dimensions
        rows = tuple(
            (name, count, questions.get(name, ""))
            for name, count in sorted(_by_dimension(self.documents).items())
        )
        return Table(title="Dimensions", header=("dimension", "tasks", "question"), rows=rows)

    def _checks(self) -> Table:
        rows = tuple(
            (
                *(run.check, run.scope, run.pairs_compared, len(run.matches)),
                *(f"{run.planted_found} of {run.planted}", run.status),
            )
            for run in self.documents.contamination.runs
        )
        header = ("check", "splits", "pairs", "matches", "planted copies found", "status")
        return Table(title="Checks across the splits", header=header, rows=rows)

    def _diversity(self) -> Table:
        facts = diversity_rows(self.documents.diversity)
        rows = tuple((row["name"], *row["numbers"]) for row in facts["rows"])
        return Table(title="Diversity", header=("measure", *facts["modes"]), rows=rows)


def summarise_release(folder: Path) -> ReleaseSummary:
    """Return the summary of a release as its manifests state it; nothing is recomputed.

    Raises:
        InputError: If the folder holds no release, or a manifest cannot be read.
    """
    loaded = load_documents(folder)
    documents = loaded.documents()
    if documents is None:
        first = loaded.findings[0]
        raise InputError(
            f"not a release that can be read: {first.file}: {first.problem}",
            fix="give the folder that `benchwright build` names as the release",
            place=Place(file=str(folder)),
        )
    return ReleaseSummary(documents=documents)


def _by_dimension(documents: Documents) -> Counter[str]:
    counts = Counter[str]()
    for row in documents.authoring.rows:
        counts[row.dimension] += row.tasks
    return counts
