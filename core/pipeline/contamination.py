"""Check anybody's test set against anybody's training data: read both, compare, render."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.accepted import Expiry, accepted_text
from benchwright.calibration import ThresholdCheck
from benchwright.contamination.accepted import Accepted, draft_accepted, read_accepted
from benchwright.contamination.canary import CanaryInspector
from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.dates import TimeInspector, parse_day
from benchwright.contamination.fieldmap import parse_map
from benchwright.contamination.sources import read_side
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import read_text
from benchwright.findings import CheckReport, Waiver
from benchwright.pipeline.thresholds import Thresholds, resolve_thresholds

if TYPE_CHECKING:
    from benchwright.contamination.embedding import EmbeddingDetector, ModelChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """How two sides are compared.

    `methods` empty means all but `embedding`, which `embeddings` adds; a method that is named and
    cannot run makes the verdict inconclusive. `model` is a folder or a name in the local hub
    cache, None for all-MiniLM-L6-v2; `vector_cache` is a folder. A threshold of None is that of
    `policy`, a file that `contamination calibrate` wrote, or else the default. A release date, a
    training cut-off (ISO days) or a canary asks for the check that reads it. `allow_inconclusive`
    is the reason of a waiver; None for no waiver. `accepted` is a file of accepted findings, which
    needs `today`, the day that decides what has expired.
    """

    methods: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    run_words: int = 8
    min_jaccard: float | None = None
    min_containment: float | None = None
    release_date: str | None = None
    training_cutoff: str | None = None
    canaries: tuple[str, ...] = ()
    seed: int = 0
    embeddings: bool = False
    model: str | None = None
    min_cosine_similarity: float | None = None
    vector_cache: Path | None = None
    policy: Path | None = None
    allow_inconclusive: str | None = None
    accepted: Path | None = None
    today: date | None = None


def check_files(
    test: Sequence[Path],
    train: Sequence[Path],
    settings: CheckSettings,
    *,
    advance: Callable[[str], None] = lambda _: None,
) -> CheckReport:
    """Compare test files with training files.

    Raises:
        ConfigError: If a method, a map, a policy or a waiver is not valid.
        InputError: If a file cannot be read, or a side has no record.
    """
    wants_embedding = settings.embeddings or "embedding" in settings.methods
    if (settings.model or settings.vector_cache) and not wants_embedding:
        raise ConfigError(
            "a model or vector cache is named, but no embeddings are asked for",
            fix="add --embeddings, or leave --model and --vector-cache out",
        )
    asked = _asked(settings)
    methods = settings.methods
    if methods:
        methods = tuple(dict.fromkeys((*methods, *asked)))
    model = _model(settings) if wants_embedding else None
    thresholds = _thresholds(settings, model)
    given = {"embedding": _embedding_detector(settings, model, thresholds)} if model else {}
    detectors, absent = choose_detectors(
        methods,
        run_words=settings.run_words,
        min_jaccard=thresholds.value("minhash"),
        min_containment=thresholds.value("containment"),
        min_masked_jaccard=thresholds.value("masked"),
        time=_time_inspector(settings),
        canary=CanaryInspector(stated=settings.canaries),
        **given,
    )
    waiver = settings.allow_inconclusive
    if waiver is not None and not waiver.strip():
        raise ConfigError("--allow-inconclusive has no reason", fix="say why it is acceptable")
    accepted = _accepted(settings)
    advance("reading")
    left = read_side(test, role="test", stated=parse_map(settings.maps, "test"))
    right = read_side(train, role="train", stated=parse_map(settings.maps, "train"))
    report = check_sides(
        left,
        right,
        detectors=detectors,
        required=tuple(dict.fromkeys((*methods, *asked))),
        absent=absent,
        seed=settings.seed,
        waivers=(Waiver(check="inconclusive", reason=waiver),) if waiver else (),
        accepted=accepted,
        advance=advance,
    )
    ran = {detector.name for detector in detectors}
    uses = tuple(use for check, use in thresholds.uses.items() if check in ran)
    return report.model_copy(update={"thresholds": uses, "policy": thresholds.policy})


def _asked(settings: CheckSettings) -> tuple[str, ...]:
    """Return the checks that an option asks for."""
    asked = {
        "embedding": settings.embeddings,
        "time": settings.release_date is not None or settings.training_cutoff is not None,
        "canary": bool(settings.canaries),
    }
    return tuple(name for name, is_asked in asked.items() if is_asked)


def _time_inspector(settings: CheckSettings) -> TimeInspector:
    release, cutoff = settings.release_date, settings.training_cutoff
    return TimeInspector(
        release_date=None if release is None else parse_day(release, option="--release-date"),
        training_cutoff=None if cutoff is None else parse_day(cutoff, option="--training-cutoff"),
    )


def draft_file(report: CheckReport, *, reason: str, expires: Expiry) -> str:
    """Return a file of accepted findings that allows all that a report found.

    Raises:
        ConfigError: If the reason is empty.
    """
    if not reason.strip():
        raise ConfigError("--reason is empty", fix="say why these findings are acceptable")
    return accepted_text(
        draft_accepted(report, reason=reason, expires=expires),
        heading="Findings that are accepted; read each before you keep it.",
    )


def _accepted(settings: CheckSettings) -> Accepted | None:
    if settings.accepted is None:
        return None
    if settings.today is None:
        raise ConfigError(
            "a file of accepted findings is given without a day", fix="say which day today is"
        )
    return read_accepted(settings.accepted, today=settings.today)


def _thresholds(settings: CheckSettings, model: "ModelChoice | str | None") -> Thresholds:
    flags: dict[ThresholdCheck, float | None] = {
        "containment": settings.min_containment,
        "minhash": settings.min_jaccard,
        "embedding": settings.min_cosine_similarity,
    }
    used = None if isinstance(model, str) else model
    return resolve_thresholds(flags, policy=settings.policy, model=used)


def _model(settings: CheckSettings) -> "ModelChoice | str":
    from benchwright.contamination.embedding import resolve_model

    return resolve_model(settings.model)


def _embedding_detector(
    settings: CheckSettings, model: "ModelChoice | str", thresholds: Thresholds
) -> "EmbeddingDetector | str":
    from benchwright.contamination.embedding import EmbeddingDetector

    if isinstance(model, str):
        return model
    return EmbeddingDetector(
        model=model,
        min_cosine_similarity=thresholds.value("embedding"),
        cache=settings.vector_cache,
    )


FORMATS = ("report", "html", "markdown", "sarif", "junit")


def render(report: CheckReport, name: str) -> str:
    """Return the report in one of the formats; `report` is the JSON that `read_report` reads."""
    if name == "report":
        return report.to_json() + "\n"
    module = import_module(f"benchwright.contamination.reports.{name}")
    text: str = getattr(module, f"to_{name}")(report)
    return text


def read_report(path: Path) -> CheckReport:
    """Return a report that `contamination check` or `contamination scan` wrote.

    Raises:
        InputError: If the file is not such a report.
    """
    from benchwright.contamination.reports.scans import to_check_report
    from benchwright.scans import ScanReport

    text = read_text(path)
    try:
        value = json.loads(text)
        if isinstance(value, dict) and "shards" in value:
            return to_check_report(ScanReport.model_validate(value))
        return CheckReport.model_validate_json(text)
    except ValueError as error:
        raise InputError(
            f"not a contamination report: {str(error).splitlines()[0]}",
            fix="give the file that `--report` or `--json` of check or scan wrote",
            place=Place(file=str(path)),
        ) from error
