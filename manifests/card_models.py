"""What the card says of models: who wrote, who judged, what nobody judged and why, what it cost."""

from collections import defaultdict

from benchwright.calls.spec import CallRole
from benchwright.costs import CostReport, CostRow, dollars
from benchwright.lineage.rules import RuleFinding
from benchwright.manifests.documents import Documents
from benchwright.tasks import JsonObject

PARTS: dict[CallRole, str] = {
    "author": "wrote tasks",
    "rewriter": "mended texts that lost or gained a fact",
    "repairer": "mended replies that were not the form asked for",
    "rejected_author": "wrote wrong answers",
    "judge": "judged tasks",
    "pairwise_judge": "compared near-duplicates",
    "calibration_judge": "judged labelled tasks",
    "pair_judge": "judged pairs",
}


def model_facts(documents: Documents) -> JsonObject:
    """Return what the section on models is drawn from."""
    leakage, judging = documents.leakage, documents.gate.judging
    return {
        "roster": [
            {
                **entry.model_dump(),
                "part": PARTS[entry.role],
                "tokens": entry.input_tokens + entry.output_tokens,
                "dollars": dollars(entry.picodollars),
            }
            for entry in leakage.roster
        ],
        "judged": leakage.judged,
        "per_task": judging.per_task if judging else None,
        "minimums": _minimums(documents),
        "waived": sorted(judging.waived.items()) if judging else [],
        "nobody": [(row.mode, row.nobody) for row in leakage.judged if row.nobody],
        "waivers": [
            {**item.model_dump(), "covers": _covered(leakage.findings, item.rule)}
            for item in leakage.waivers
        ],
        "declared": leakage.declared,
        "open": _open(leakage.findings),
        "cost": _cost(documents.cost),
    }


def _minimums(documents: Documents) -> str:
    judging = documents.gate.judging
    if judging is None:
        return ""
    listed = ", ".join(f"{name} {score}" for name, score in sorted(judging.minimums.items()))
    set_by: str = judging.minimums_from
    if judging.calibration is not None:
        set_by += f" with sha256 {judging.calibration}"
    return f"{listed} (from the {set_by})"


def _covered(findings: tuple[RuleFinding, ...], rule: str) -> int:
    return sum(item.rule == rule and item.waived is not None for item in findings)


def _open(findings: tuple[RuleFinding, ...]) -> list[JsonObject]:
    """Return the findings that nothing waives, by rule, with the first message of each."""
    grouped: dict[str, list[RuleFinding]] = defaultdict(list)
    for item in findings:
        if item.waived is None:
            grouped[item.rule].append(item)
    return [
        {"rule": rule, "severity": of[0].severity, "count": len(of), "message": of[0].message}
        for rule, of in sorted(grouped.items())
    ]


def _cost(cost: CostReport) -> JsonObject:
    return {
        "total": dollars(cost.picodollars),
        "modes": [
            {
                **mode.model_dump(),
                "dollars": dollars(mode.picodollars),
                "each": "no calls"
                if mode.status == "no_calls"
                else "no task was kept"
                if mode.picodollars_per_accepted_task is None
                else dollars(mode.picodollars_per_accepted_task),
                "sources": _sources([row for row in cost.rows if row.mode == mode.mode]),
            }
            for mode in cost.modes
        ],
    }


def _sources(rows: list[CostRow]) -> str:
    calls: dict[str, int] = defaultdict(int)
    for row in rows:
        for priced in row.priced:
            calls[priced.source.replace("_", " ")] += priced.calls
    return ", ".join(f"{source} {count}" for source, count in sorted(calls.items())) or "none"
