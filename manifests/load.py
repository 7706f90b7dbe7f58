"""Read the manifests of a release; what is missing or malformed becomes a finding."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from benchwright.accepted import AcceptedFindings
from benchwright.costs import CostReport
from benchwright.errors import ConfigError, InputError
from benchwright.files import read_document
from benchwright.leakage import LeakageReport
from benchwright.manifests.authoring import AuthoringManifest, GateManifest
from benchwright.manifests.documents import (
    AUTHORING,
    CONTAMINATION,
    COST,
    COVERAGE,
    DIVERSITY,
    GATE,
    HOUSE_RULES,
    LEAKAGE,
    SPLITS,
    Documents,
)
from benchwright.manifests.reconcile import Finding
from benchwright.splits import SplitReport
from benchwright.tasks import JsonObject, Record
from benchwright.verdicts import ContaminationReport
from benchwright.yamlfile import dotted, read_yaml

MAX_PROBLEM_CHARACTERS = 300

Parsed = TypeVar("Parsed", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The manifests that could be read, each None where it could not, and why not."""

    authoring: AuthoringManifest | None
    gate: GateManifest | None
    splits: SplitReport | None
    contamination: ContaminationReport | None
    coverage: JsonObject | None
    diversity: JsonObject | None
    house_rules: AcceptedFindings | None
    leakage: LeakageReport | None
    cost: CostReport | None
    findings: tuple[Finding, ...]

    def documents(self) -> Documents | None:
        """Return all manifests, or None when one is missing."""
        if (
            self.authoring is None
            or self.gate is None
            or self.splits is None
            or self.contamination is None
            or self.coverage is None
            or self.diversity is None
            or self.house_rules is None
            or self.leakage is None
            or self.cost is None
        ):
            return None
        return Documents(
            authoring=self.authoring,
            gate=self.gate,
            splits=self.splits,
            contamination=self.contamination,
            coverage=self.coverage,
            diversity=self.diversity,
            house_rules=self.house_rules,
            leakage=self.leakage,
            cost=self.cost,
        )


def load_documents(folder: Path) -> Loaded:
    """Read every manifest of a release folder."""
    findings: list[Finding] = []
    return Loaded(
        authoring=_record(folder, AUTHORING, AuthoringManifest, findings),
        gate=_record(folder, GATE, GateManifest, findings),
        splits=_record(folder, SPLITS, SplitReport, findings),
        contamination=_record(folder, CONTAMINATION, ContaminationReport, findings),
        coverage=_object(folder, COVERAGE, findings),
        diversity=_object(folder, DIVERSITY, findings),
        house_rules=_house_rules(folder, findings),
        leakage=_record(folder, LEAKAGE, LeakageReport, findings),
        cost=_record(folder, COST, CostReport, findings),
        findings=tuple(findings),
    )


def is_plain_file(folder: Path, name: str) -> bool:
    """Say whether a name is a file inside the folder that no link leads to."""
    path = folder / name
    return path.is_file() and path.resolve() == folder.resolve() / name


def short(error: object) -> str:
    """Return what an error says, on one line and not too long."""
    text = " ".join(str(error).split())
    return text if len(text) <= MAX_PROBLEM_CHARACTERS else text[:MAX_PROBLEM_CHARACTERS] + "…"


def _record(folder: Path, name: str, model: type[Parsed], findings: list[Finding]) -> Parsed | None:
    values = _object(folder, name, findings)
    if values is None:
        return None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            field = dotted(tuple(detail["loc"])) or None
            findings.append(Finding(file=name, field=field, problem=short(detail["msg"])))
    except RecursionError:
        findings.append(Finding(file=name, problem="nested too deeply to read"))
    return None


def _house_rules(folder: Path, findings: list[Finding]) -> AcceptedFindings | None:
    if not is_plain_file(folder, HOUSE_RULES):
        findings.append(Finding(file=HOUSE_RULES, problem="is missing, or is no plain file"))
        return None
    try:
        return read_yaml(folder / HOUSE_RULES, AcceptedFindings)
    except (InputError, ConfigError) as error:
        findings.append(Finding(file=HOUSE_RULES, problem=short(error.message)))
    except (ValueError, RecursionError) as error:
        findings.append(Finding(file=HOUSE_RULES, problem=f"cannot be read: {short(error)}"))
    return None


def _object(folder: Path, name: str, findings: list[Finding]) -> JsonObject | None:
    if not is_plain_file(folder, name):
        findings.append(Finding(file=name, problem="is missing, or is no plain file"))
        return None
    try:
        value: Any = read_document(folder / name)
    except InputError as error:
        findings.append(Finding(file=name, problem=short(error.message)))
        return None
    except ValueError as error:
        findings.append(Finding(file=name, problem=f"not JSON: {short(error)}"))
        return None
    if not isinstance(value, dict):
        findings.append(Finding(file=name, problem=f"is a JSON {type(value).__name__}, no object"))
        return None
    return value
