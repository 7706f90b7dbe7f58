"""The dataset card, written from the manifests alone; no number in it is typed by hand."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchwright.canonical import sha256_hex
from benchwright.leakage import LeakageReport
from benchwright.lineage.waivers import OF_A_PAIR
from benchwright.manifests.authoring import AuthoringManifest, GateManifest
from benchwright.manifests.card_models import model_facts
from benchwright.manifests.documents import Documents
from benchwright.manifests.licences import card_text, known_licences, license_line, yaml_text
from benchwright.manifests.rows import COLUMNS, split_path
from benchwright.tasks import JsonObject
from benchwright.verdicts import ContaminationReport

MAX_CELL_CHARACTERS = 300
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))


def render_card(documents: Documents, *, manifest_text: str) -> str:
    """Return README.md of a release.

    Args:
        documents: All manifests of the release.
        manifest_text: `manifests/authoring.json` as it stands on disk; the card states its hash.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = cell
    template = environment.from_string(card_text("dataset.md.j2"))
    return template.render(**_facts(documents), manifest_sha256=sha256_hex(manifest_text))


def cell(text: object) -> str:
    """Return a text as one cell of a Markdown table, without markup of its own."""
    plain = " ".join(str(text).split())
    if len(plain) > MAX_CELL_CHARACTERS:
        plain = plain[: MAX_CELL_CHARACTERS - 1] + "…"
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", plain)


def pretty_name(name: str) -> str:
    """Return the name of a benchmark as a title."""
    return " ".join(word.capitalize() for word in re.split(r"[-_.]+", name) if word)


def _facts(documents: Documents) -> JsonObject:
    manifest, contamination = documents.authoring, documents.contamination
    modes = sorted({row.mode for row in manifest.rows})
    names = [split.name for split in manifest.splits]
    return {
        "front_matter": yaml_text(_front_matter(manifest, modes)),
        "pretty_name": pretty_name(manifest.benchmark.name),
        "version": manifest.benchmark.version,
        "tool_version": manifest.tool_version,
        "created_at": manifest.created_at.isoformat() if manifest.created_at else None,
        "tasks": manifest.tasks,
        "pack": manifest.pack,
        "authors": sorted(manifest.providers.author.items()),
        "judge": manifest.providers.judge,
        "model_calls": manifest.model_calls,
        "models": model_facts(documents),
        "modes": modes,
        "splits": _split_facts(documents, modes),
        "clusters": {
            "count": documents.splits.clusters,
            "largest": documents.splits.largest_cluster,
        },
        "house_rules": len(documents.house_rules.passages),
        "dimensions": _dimension_facts(manifest, names),
        "funnel": manifest.modes,
        "reasons": reason_rows(manifest, documents.gate),
        "sources": manifest.sources,
        "contamination": {"status": contamination.status, "runs": _run_facts(contamination)},
        "waivers": _waiver_facts(documents.leakage),
        "coverage": coverage_totals(documents.coverage),
        "diversity": diversity_rows(documents.diversity),
        "columns": list(COLUMNS.items()),
        "merkle_root": manifest.merkle_root,
        "config_sha256": manifest.config_sha256,
        "canary": manifest.canary,
        "licence": license_line(manifest.benchmark.license),
    }


def _front_matter(manifest: AuthoringManifest, modes: Sequence[str]) -> JsonObject:
    license_id = manifest.benchmark.license
    known = license_id in known_licences()
    by_rules = all(author == "rules" for author in manifest.providers.author.values())
    return {
        "license": license_id if known else "other",
        **({} if known else {"license_name": license_id}),
        "pretty_name": f"{pretty_name(manifest.benchmark.name)} {manifest.benchmark.version}",
        "annotations_creators": ["machine-generated" if by_rules else "other"],
        "size_categories": [
            next((name for limit, name in _SIZES if manifest.tasks < limit), "n>1M")
        ],
        "tags": ["benchmark", "evaluation", "agents", "benchwright", *modes],
        "configs": [
            {
                "config_name": "tasks",
                "default": True,
                "data_files": [
                    {"split": split.name, "path": split_path(split.name)}
                    for split in manifest.splits
                ],
            }
        ],
    }


def _split_facts(documents: Documents, modes: Sequence[str]) -> list[JsonObject]:
    targets = {share.name: share for share in documents.splits.shares}
    by_mode = Counter[tuple[str, str]]()
    for row in documents.authoring.rows:
        by_mode[row.split, row.mode] += row.tasks
    return [
        {
            "name": split.name,
            "tasks": split.tasks,
            "in_clear": split.in_clear,
            "share": targets[split.name].share,
            "target": targets[split.name].target,
            "by_mode": [by_mode[split.name, mode] for mode in modes],
        }
        for split in documents.authoring.splits
        if split.name in targets
    ]


def _dimension_facts(manifest: AuthoringManifest, splits: Sequence[str]) -> list[JsonObject]:
    counts = Counter[tuple[str, str]]()
    for row in manifest.rows:
        counts[row.dimension, row.split] += row.tasks
    return [
        {
            "name": name,
            "question": manifest.pack.dimensions.get(name, ""),
            "by_split": [counts[name, split] for split in splits],
        }
        for name in sorted({row.dimension for row in manifest.rows})
    ]


def reason_rows(manifest: AuthoringManifest, gate: GateManifest) -> list[JsonObject]:
    """Return stage, mode, count and text of every reason for which something was left out."""
    return [
        {"stage": stage, "mode": mode.mode, "count": count, "text": _reason_text(gate, reason)}
        for mode in manifest.modes
        for stage, counts in (
            ("author", mode.left_out),
            ("gate", mode.rejected),
            ("gate, held", mode.held),
        )
        for reason, count in sorted(counts.items())
    ]


def _reason_text(gate: GateManifest, reason: str) -> str:
    meaning = gate.reasons.get(reason, reason)
    said = meaning in (reason, reason.replace("_", " "))
    return meaning if said else f"{reason}: {meaning}"


def _run_facts(report: ContaminationReport) -> list[JsonObject]:
    return [
        {
            "check": run.check,
            "scope": run.scope,
            "comparable": run.items_comparable,
            "pairs": run.pairs_compared,
            "matches": len(run.matches),
            "planted": run.planted,
            "found": run.planted_found,
            "status": run.status,
        }
        for run in report.runs
    ]


def _waiver_facts(leakage: LeakageReport) -> list[JsonObject]:
    """Return each waiver of the config, and on how many findings it was used."""
    return [
        {
            "rule": item.rule,
            "who": " judged by ".join((item.author or "any author", item.judge or "any judge"))
            if item.rule in OF_A_PAIR
            else "the set",
            "reason": item.reason,
            "expires": item.expires.isoformat(),
            "findings": sum(
                item.waiver().covers(found.rule, author=found.author, judge=found.judge)
                for found in leakage.findings
                if found.waived is not None
            ),
        }
        for item in leakage.waivers
    ]


def coverage_totals(coverage: JsonObject) -> JsonObject:
    """Return the sums over `{"families": [{"feasible": n, "covered": n, …}, …]}`."""
    listed = coverage.get("families")
    items = listed if isinstance(listed, list) else []
    families = [item for item in items if isinstance(item, dict)]
    feasible = sum(_integer(family.get("feasible")) for family in families)
    covered = sum(_integer(family.get("covered")) for family in families)
    return {
        "families": len(families),
        "feasible": feasible,
        "covered": covered,
        "holes": feasible - covered,
    }


def diversity_rows(diversity: JsonObject) -> JsonObject:
    """Return `{mode: {measure: number}}` as `modes` and `rows`; anything else is passed over."""
    modes = sorted(name for name, value in diversity.items() if isinstance(value, dict))
    measures = sorted(
        {name for mode in modes for name, value in diversity[mode].items() if _is_number(value)}
    )
    rows = [
        {"name": name, "numbers": [_shown(diversity[mode].get(name)) for mode in modes]}
        for name in measures
    ]
    return {"modes": modes, "rows": rows}


def _shown(value: Any) -> str:
    if not _is_number(value):
        return "not measured"
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _integer(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
