"""Write the pairs of a release, whole or not: two Parquet configs, audit, report and card."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchwright.calls.log import CallRow
from benchwright.errors import CheckFailedError, Place
from benchwright.files import atomic_writer, write_lines, write_text
from benchwright.leakage import LOG
from benchwright.manifests.checksums import SUMS, sums_text, write_sums
from benchwright.manifests.licences import card_text, yaml_text
from benchwright.manifests.rows import COMPRESSION
from benchwright.pipeline.pair_filters import Pair
from benchwright.pipeline.pair_texts import conversational, output_text, prompt_text
from benchwright.preferences import REASONS, PairAudit, PairsReport
from benchwright.tasks import JsonObject

PLAIN = "preference_pairs"
CONVERSATIONAL = "preference_pairs_conversational"
AUDIT = "audit.jsonl"
REPORT = "pairs.json"
CARD = "README.md"
_ABOUT = ("pair_id", "task_id", "dimension", "source", "writer", "violates")


def pairs_path(config: str) -> str:
    """Return where the rows of a config lie."""
    return f"data/{config}/train-00000-of-00001.parquet"


def write_pairs(
    out: Path,
    pairs: Sequence[Pair],
    audits: Iterable[PairAudit],
    report: PairsReport,
    calls: Sequence[CallRow],
    *,
    license: str,
    replace: bool,
) -> bool:
    """Write the folder; return False where the same bytes stood there already.

    Raises:
        CheckFailedError: If other pairs stand in `out` and `replace` is False.
    """
    partial = out.with_name(f".{out.name}.partial")
    _remove(partial)
    partial.mkdir(parents=True)
    try:
        rows = [_row(pair) for pair in pairs]
        plain = ({**row, "prompt": row["prompt"] + "\n"} for row in rows)
        _write_parquet(partial / pairs_path(PLAIN), [*plain], is_conversational=False)
        talks = [
            {**row, **conversational(row["prompt"], row["chosen"], row["rejected"])} for row in rows
        ]
        _write_parquet(partial / pairs_path(CONVERSATIONAL), talks, is_conversational=True)
        write_lines(partial / AUDIT, (audit.to_json() for audit in audits))
        write_text(partial / REPORT, report.to_json() + "\n")
        write_text(partial / CARD, _card(report, license))
        if calls:
            write_lines(partial / LOG, (call.to_json() for call in calls))
        write_sums(partial)
        return _put_in_place(partial, out, replace=replace)
    finally:
        _remove(partial)


def _row(pair: Pair) -> JsonObject:
    return {
        "prompt": prompt_text(pair.task),
        "chosen": output_text(pair.task.reference),
        "rejected": output_text(pair.rejected),
        "pair_id": pair.id,
        "task_id": pair.task.id,
        "dimension": pair.task.dimension,
        "source": pair.audit.source,
        "writer": pair.audit.writer,
        "violates": list(pair.audit.violates),
    }


def _write_parquet(path: Path, rows: Sequence[JsonObject], *, is_conversational: bool) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.string()
    turns: Any = pa.list_(pa.struct([pa.field("role", text), pa.field("content", text)]))
    fields = [
        pa.field(name, turns if is_conversational else text, nullable=False)
        for name in ("prompt", "chosen", "rejected")
    ]
    fields += [
        pa.field(name, pa.list_(text) if name == "violates" else text, nullable=False)
        for name in _ABOUT
    ]
    table = pa.Table.from_pylist(list(rows), schema=pa.schema(fields))
    with atomic_writer(path) as stream:
        pq.write_table(table, stream, compression=COMPRESSION)


def _card(report: PairsReport, license: str) -> str:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    configs = [
        {
            "config_name": name,
            "default": name == PLAIN,
            "data_files": [{"split": "train", "path": pairs_path(name)}],
        }
        for name in (PLAIN, CONVERSATIONAL)
    ]
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.from_string(card_text("pairs.md.j2")).render(
        front_matter=yaml_text(
            {"license": license, "tags": ["preference", "trl", "benchwright"], "configs": configs}
        ),
        benchmark=report.benchmark,
        version=report.version,
        report=report,
        sources=_counted(report.sources),
        writers=_counted(report.writers),
        skipped=[(REASONS[reason], count) for reason, count in sorted(report.skipped.items())],
    )


def _counted(counts: dict[Any, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _put_in_place(partial: Path, out: Path, *, replace: bool) -> bool:
    if out.is_dir() and any(out.iterdir()):
        stands = (out / SUMS).is_file() and (out / SUMS).read_bytes() == (
            partial / SUMS
        ).read_bytes()
        if stands and sums_text(out) == sums_text(partial):
            return False
        if not replace:
            raise CheckFailedError(
                f"other pairs, or other files, stand in {out.name}",
                fix="name another folder with -o, or write with --replace",
                place=Place(file=str(out)),
            )
        if not (out / REPORT).is_file():
            raise CheckFailedError(
                f"{out.name} holds no pairs, and is not replaced",
                fix="name another folder with -o",
                place=Place(file=str(out)),
            )
    _remove(out)
    partial.rename(out)
    return True


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
