"""What do the detectors find on the half of the labelled pairs that set no threshold?

Calibrates every detector, the embedding check included, and prints the figures of half b with
their intervals beside the targets. `--svg FILE` draws the curves; the picture of the README is
tests/benchmarks/calibration/pr_curves.svg.
Run: PYTHONPATH=.typing python tests/benchmarks/calibration.py
"""

import argparse
import os
import time
from pathlib import Path

from benchwright.calibration import CalibrationReport, Rate
from benchwright.contamination.calibration.picture import to_svg
from benchwright.contamination.calibration.shipped import shipped_pairs
from benchwright.pipeline.calibration import CalibrationSettings, calibrate_detectors

TARGETS = (
    ("exact", "copy", 1.0),
    ("exact", "case_and_punctuation", 1.0),
    ("containment", "one_word_edit", 0.99),
    ("masked", "entity_swap", 0.98),
    ("embedding", "paraphrase", 0.85),
)


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path)
    flags = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    begin = time.perf_counter()
    pairs = shipped_pairs()
    print(f"{len(pairs):,} pairs built in {time.perf_counter() - begin:.3f} s")
    begin = time.perf_counter()
    report = calibrate_detectors(CalibrationSettings(embeddings=True))
    print(f"all detectors in {time.perf_counter() - begin:.1f} s, model load included")
    _targets(report)
    _thresholds(report)
    if flags.svg:
        flags.svg.write_text(to_svg(report), encoding="utf-8")


def _targets(report: CalibrationReport) -> None:
    by_check = {found.check: found for found in report.detectors}
    print(
        "\nhalf b                                             found  recall (95 % interval)  target"
    )
    for check, kind, target in TARGETS:
        found = by_check[check]
        measure = found.proposal.half_b if found.proposal else found.at_default
        rates = {one.kind: one.flagged for one in measure.kinds} if measure else {}
        rate = rates.get(kind)
        if rate is None:
            print(f"{check:12} {kind:35} {found.status}: {found.reason}")
            continue
        verdict = "" if rate.rate >= target else "  MISSED"
        print(f"{check:12} {kind:35} {_text(rate)}  {target:g}{verdict}")
    print("target of false positives, worst kind: at most .05")


def _thresholds(report: CalibrationReport) -> None:
    for found in report.detectors:
        shown = {"default": found.at_default}
        if found.proposal:
            shown["proposed"] = found.proposal.half_b
        for name, measure in shown.items():
            if measure is None:
                continue
            threshold = "" if measure.threshold is None else f"{measure.threshold:g}"
            print(f"{found.check:12} {name:9} {threshold:7} recall {_text(measure.recall)}", end="")
            print(f"  {measure.worst_kind} flagged {_text(measure.false_positives)}")


def _text(rate: Rate) -> str:
    return f"{rate.found:>4}/{rate.of:<4} {rate.rate:.3f} ({rate.low:.3f} to {rate.high:.3f})"


if __name__ == "__main__":
    main()
