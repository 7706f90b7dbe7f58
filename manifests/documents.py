"""What stands in a release beside the rows, where, and as which text.

The same manifests give the same texts, so that `verify` can write them again and compare.
"""

import json
from dataclasses import dataclass

from benchwright.accepted import AcceptedFindings, accepted_text
from benchwright.costs import CostReport
from benchwright.leakage import LeakageReport
from benchwright.manifests.authoring import AuthoringManifest, GateManifest
from benchwright.manifests.licences import known_licences, license_line, yaml_text
from benchwright.splits import SplitReport
from benchwright.tasks import JsonObject, Record
from benchwright.verdicts import ContaminationReport

AUTHORING = "manifests/authoring.json"
CONTAMINATION = "manifests/contamination.json"
COST = "manifests/cost.json"
COVERAGE = "manifests/coverage.json"
DIVERSITY = "manifests/diversity.json"
GATE = "manifests/gate.json"
LEAKAGE = "manifests/leakage.json"
SPLITS = "manifests/splits.json"
MANIFESTS = (AUTHORING, CONTAMINATION, COST, COVERAGE, DIVERSITY, GATE, LEAKAGE, SPLITS)
HOUSE_RULES = "accepted_passages.yaml"
CARD = "README.md"
LICENSE = "LICENSE"
CITATION = "CITATION.cff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The manifests of one release."""

    authoring: AuthoringManifest
    gate: GateManifest
    splits: SplitReport
    contamination: ContaminationReport
    coverage: JsonObject
    diversity: JsonObject
    house_rules: AcceptedFindings
    leakage: LeakageReport
    cost: CostReport


def other_texts(documents: Documents) -> dict[str, str]:
    """Return the text of every file that is neither rows, card nor authoring manifest, by name.

    Raises:
        ValueError: If a document holds what JSON has no form for, such as NaN.
    """
    return {
        CONTAMINATION: _record_text(documents.contamination),
        COST: _record_text(documents.cost),
        COVERAGE: _json_text(documents.coverage),
        DIVERSITY: _json_text(documents.diversity),
        GATE: _record_text(documents.gate),
        LEAKAGE: _record_text(documents.leakage),
        SPLITS: _record_text(documents.splits),
        LICENSE: f"{license_line(documents.authoring.benchmark.license)}\n",
        HOUSE_RULES: house_rules_text(documents.house_rules),
        CITATION: _citation_text(documents.authoring),
    }


def house_rules_text(findings: AcceptedFindings) -> str:
    """Return the text of `accepted_passages.yaml`."""
    return accepted_text(
        findings,
        heading="Passages that every task of this benchmark may share: "
        "benchwright contamination check --accepted THIS_FILE",
    )


def manifest_text(manifest: AuthoringManifest) -> str:
    """Return the text of `manifests/authoring.json`."""
    return _record_text(manifest)


def _record_text(record: Record) -> str:
    return _json_text(record.model_dump(mode="json", exclude_none=True))


def _json_text(values: JsonObject) -> str:
    text = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def _citation_text(manifest: AuthoringManifest) -> str:
    benchmark = manifest.benchmark
    values: JsonObject = {
        "cff-version": "1.2.0",
        "message": "If you use this benchmark, cite it with its version.",
        "type": "dataset",
        "title": benchmark.name,
        "version": benchmark.version,
        "authors": [{"name": f"The {benchmark.name} authors"}],
        "license": known_licences().get(benchmark.license, {}).get("spdx", benchmark.license),
    }
    if manifest.created_at is not None:
        values["date-released"] = manifest.created_at.date().isoformat()
    return yaml_text(values)
