"""Calibrate the detectors on labelled pairs, and hand the thresholds to the check."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchwright.calibration import CalibrationReport, Policy
from benchwright.contamination.calibration.calibrate import calibrate, to_policy
from benchwright.contamination.calibration.detectors import METHODS, subjects
from benchwright.contamination.calibration.pairs import pair_set, read_pairs
from benchwright.contamination.calibration.shipped import shipped_pairs
from benchwright.contamination.embedding import EmbeddingDetector, resolve_model
from benchwright.errors import ConfigError, nearest

_POLICY_HEADING = "# For `contamination check --policy`; set on half a of the labelled pairs.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSettings:
    """What is calibrated, and on which pairs.

    `pairs` is a file of labelled pairs, None for the shipped ones. `methods` empty means all but
    `embedding`, which `embeddings` adds. `model` is a folder or a name in the local hub cache, None
    for all-MiniLM-L6-v2; `vector_cache` is a folder.
    """

    pairs: Path | None = None
    methods: tuple[str, ...] = ()
    run_words: int = 8
    max_false_positives: float = 0.05
    embeddings: bool = False
    model: str | None = None
    vector_cache: Path | None = None


def calibrate_detectors(
    settings: CalibrationSettings, *, advance: Callable[[str], None] = lambda _: None
) -> CalibrationReport:
    """Measure the detectors on the pairs.

    Raises:
        ConfigError: If a method is not known.
        InputError: If the file of pairs cannot be used.
    """
    for method in settings.methods:
        if method not in METHODS:
            raise ConfigError(f"cannot calibrate {method!r}", fix=nearest(method, METHODS))
    wants_embedding = settings.embeddings or "embedding" in settings.methods
    if (settings.model or settings.vector_cache) and not wants_embedding:
        raise ConfigError(
            "a model or vector cache is named, but no embeddings are asked for",
            fix="add --embeddings, or leave --model and --vector-cache out",
        )
    advance("reading")
    pairs = shipped_pairs() if settings.pairs is None else read_pairs(settings.pairs)
    names = [name for name in METHODS if not settings.methods or name in settings.methods]
    if wants_embedding and "embedding" not in names:
        names.append("embedding")
    model = resolve_model(settings.model) if wants_embedding else "not asked for (--embeddings)"
    absent: dict[str, str] = {}
    embedding = None
    if isinstance(model, str):
        absent = {name: model for name in names if name == "embedding"}
    else:
        embedding = EmbeddingDetector(model=model, cache=settings.vector_cache)
    found = subjects(run_words=settings.run_words, embedding=embedding)
    return calibrate(
        pairs,
        [subject for subject in found if subject.check in names],
        pair_set=pair_set(pairs, file=None if settings.pairs is None else str(settings.pairs)),
        max_false_positives=settings.max_false_positives,
        model=None if embedding is None else embedding.model,
        absent=absent,
        advance=advance,
    )


def policy_text(report: CalibrationReport) -> str:
    """Return the proposed thresholds as a policy file; equal reports give equal text.

    Raises:
        CheckFailedError: If the report proposes none.
    """
    policy: Policy = to_policy(report)
    values = policy.model_dump(mode="json", exclude_none=True)
    return _POLICY_HEADING + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
