"""Prove a release: the folder's own claims, and those that judges and detectors recompute."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchwright.accepted import AcceptedFindings
from benchwright.contamination.across import AcrossSettings, check_across_splits
from benchwright.contamination.clusters import cluster_rows
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.pool import pool_kin, shared_by_kin
from benchwright.judges.scoring import score_output
from benchwright.manifests.documents import (
    AUTHORING,
    CONTAMINATION,
    DIVERSITY,
    HOUSE_RULES,
    SPLITS,
)
from benchwright.manifests.load import load_documents
from benchwright.manifests.reconcile import Finding
from benchwright.manifests.verify import ExtraCheck, Rows, VerifyReport, verify_release
from benchwright.pipeline.compare import differences, read_object
from benchwright.pipeline.cost import verify_cost
from benchwright.pipeline.passport import verify_passport
from benchwright.pipeline.references import SCOPE
from benchwright.pipeline.release import diversity_values


def verify_whole_release(folder: Path) -> VerifyReport:
    """Recompute every claim of a release: files, counts, card, rubrics, kin, splits, diversity.

    Raises:
        InputError: If there is no such folder.
    """
    return verify_release(
        folder,
        score_reference=lambda task: score_output(task, task.reference).passed is not False,
        extra=(
            ExtraCheck(name="house rules", run=lambda rows: _house(folder, rows)),
            ExtraCheck(name="clusters", run=lambda rows: _clusters(folder, rows)),
            ExtraCheck(name="across splits", run=lambda rows: _across(folder, rows)),
            ExtraCheck(name="lineage", run=lambda rows: _lineage(folder, rows)),
            ExtraCheck(name="cost", run=lambda rows: _cost(folder, rows)),
            ExtraCheck(name="diversity", run=lambda rows: _diversity(folder, rows)),
        ),
    )


def _clusters(folder: Path, rows: Rows) -> Iterator[Finding]:
    settings = _settings(folder)
    kin = pool_kin(
        (task for _, task in rows()),
        run_words=settings.run_words,
        min_jaccard=settings.min_jaccard,
        accepted=_house_rules(folder),
    )
    clusters = cluster_rows(kin.rows)
    found = {
        "clusters": len(clusters),
        "largest_cluster": max((len(cluster.ids) for cluster in clusters), default=0),
    }
    stated = read_object(folder, SPLITS)
    yield from differences(SPLITS, {name: stated.get(name) for name in found}, found)


def _house(folder: Path, rows: Rows) -> Iterator[Finding]:
    """Yield the house rules that stand in tasks of one group of kin only: no rule of the house."""
    accepted = _house_rules(folder)
    shared = shared_by_kin(
        (task for _, task in rows()), accepted, run_words=_settings(folder).run_words
    )
    for number, passage in enumerate(accepted.passages):
        if passage.text not in shared:
            problem = "does not stand in tasks of two groups of kin"
            yield Finding(file=HOUSE_RULES, field=f"passages[{number}].text", problem=problem)
    for number, _ in enumerate(accepted.pairs):
        yield Finding(file=HOUSE_RULES, field=f"pairs[{number}]", problem="is a pair, no passage")


def _across(folder: Path, rows: Rows) -> Iterator[Finding]:
    manifest = read_object(folder, AUTHORING)
    report = check_across_splits(
        rows(),
        splits=[split["name"] for split in manifest.get("splits", ())],
        seed=_seed(manifest),
        accepted=_house_rules(folder),
        settings=_settings(folder),
    )
    if report.status != "clean":
        problem = f"the check across the splits is {report.status}, not clean"
        yield Finding(file=CONTAMINATION, field="runs", problem=problem)
    found = report.model_dump(mode="json", exclude_none=True)
    stated = read_object(folder, CONTAMINATION)
    stated["runs"] = [run for run in stated.get("runs", []) if run.get("scope") != SCOPE]
    yield from differences(CONTAMINATION, stated, found)


def _settings(folder: Path) -> AcrossSettings:
    """Return the parameters that the release states for its own checks; else the defaults."""
    settings = AcrossSettings()
    report = load_documents(folder).contamination
    for run in report.runs if report else ():
        words, jaccard = run.params.get("run_words"), run.params.get("min_jaccard")
        if run.check == "ngram" and isinstance(words, int):
            settings = replace(settings, run_words=max(words, MIN_COMPARABLE_WORDS))
        if run.check == "minhash" and isinstance(jaccard, float):
            settings = replace(settings, min_jaccard=min(max(jaccard, 0.1), 1.0))
    return settings


def _house_rules(folder: Path) -> AcceptedFindings:
    return load_documents(folder).house_rules or AcceptedFindings()


def _lineage(folder: Path, rows: Rows) -> Iterator[Finding]:
    return verify_passport(folder, (task for _, task in rows()))


def _cost(folder: Path, rows: Rows) -> Iterator[Finding]:
    return verify_cost(folder, (task for _, task in rows()))


def _diversity(folder: Path, rows: Rows) -> Iterator[Finding]:
    seed = _seed(read_object(folder, AUTHORING))
    found = diversity_values((task for _, task in rows()), seed=seed)
    yield from differences(DIVERSITY, read_object(folder, DIVERSITY), found)


def _seed(manifest: dict[str, Any]) -> int:
    seed = manifest.get("seeds", {}).get("run", 0)
    return seed if isinstance(seed, int) else 0
