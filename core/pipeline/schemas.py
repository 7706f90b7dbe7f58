"""Export the JSON Schema of every record on disk: `python -m benchwright.pipeline.schemas DIR`."""

import json
import sys
from pathlib import Path

from benchwright.accepted import AcceptedFindings
from benchwright.calibration import CalibrationReport, LabelledPair, Policy
from benchwright.calls.log import CallRow
from benchwright.config import Config
from benchwright.costs import CostReport
from benchwright.files import write_text
from benchwright.findings import CheckReport
from benchwright.generators.diversity import DiversityReport
from benchwright.generators.programmatic.coverage import CoverageReport
from benchwright.judges.bound import Calibration
from benchwright.judges.mutation.run import MutationReport
from benchwright.judges.panel.questions import OptimisedJudge
from benchwright.judges.raters.report import AgreementReport
from benchwright.judges.scoring import Score
from benchwright.judging import JudgingReport
from benchwright.labels import RawLabel
from benchwright.leakage import LeakageReport
from benchwright.manifests.authoring import AuthoringManifest, GateManifest
from benchwright.manifests.verify import VerifyReport
from benchwright.preferences import PairAudit, PairsReport
from benchwright.reviews import AdversarialReview, HeldDecision
from benchwright.scans import ScanReport
from benchwright.splits import SplitReport
from benchwright.stages import StageRecord
from benchwright.statistics.compare import ConditionComparison
from benchwright.tasks import Record, Task
from benchwright.verdicts import ContaminationReport, GateDecision, Verdict

RECORDS: dict[str, type[Record]] = {
    "accepted_findings": AcceptedFindings,
    "agreement_report": AgreementReport,
    "adversarial_review": AdversarialReview,
    "authoring_manifest": AuthoringManifest,
    "judge_calibration": Calibration,
    "calibration_report": CalibrationReport,
    "check_report": CheckReport,
    "condition_comparison": ConditionComparison,
    "config": Config,
    "contamination_report": ContaminationReport,
    "cost_report": CostReport,
    "coverage_report": CoverageReport,
    "diversity_report": DiversityReport,
    "contamination_policy": Policy,
    "gate_decision": GateDecision,
    "gate_manifest": GateManifest,
    "held_decision": HeldDecision,
    "mutation_report": MutationReport,
    "call_row": CallRow,
    "labelled_pair": LabelledPair,
    "leakage_report": LeakageReport,
    "judging_report": JudgingReport,
    "optimised_judge": OptimisedJudge,
    "scan_report": ScanReport,
    "pair_audit": PairAudit,
    "pairs_report": PairsReport,
    "raw_label": RawLabel,
    "score": Score,
    "split_report": SplitReport,
    "stage_record": StageRecord,
    "task": Task,
    "verdict": Verdict,
    "verify_report": VerifyReport,
}


def schema_text(record: type[Record]) -> str:
    """Return the JSON Schema of a record as the text that is exported."""
    return json.dumps(record.model_json_schema(), indent=2, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> None:
    """Write one schema per record."""
    for name, record in RECORDS.items():
        write_text(folder / f"{name}.json", schema_text(record))


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
