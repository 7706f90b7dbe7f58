"""Check anybody's test set against anybody's training data: read both, compare, render."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchwright.contamination.check import check_sides, choose_detectors
from benchwright.contamination.fieldmap import parse_map
from benchwright.contamination.sources import read_side
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import read_text
from benchwright.findings import CheckReport, Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """How two sides are compared.

    `methods` empty means all; a method that is named and cannot run makes the verdict
    inconclusive. `allow_inconclusive` is the reason of a waiver; None for no waiver.
    """

    methods: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    run_words: int = 8
    min_jaccard: float = 0.8
    seed: int = 0
    allow_inconclusive: str | None = None


def check_files(
    test: Sequence[Path],
    train: Sequence[Path],
    settings: CheckSettings,
    *,
    advance: Callable[[str], None] = lambda _: None,
) -> CheckReport:
    """Compare test files with training files.

    Raises:
        ConfigError: If a method, a map or a waiver is not valid.
        InputError: If a file cannot be read, or a side has no record.
    """
    detectors = choose_detectors(
        settings.methods, run_words=settings.run_words, min_jaccard=settings.min_jaccard
    )
    waiver = settings.allow_inconclusive
    if waiver is not None and not waiver.strip():
        raise ConfigError("--allow-inconclusive has no reason", fix="say why it is acceptable")
    advance("reading")
    left = read_side(test, role="test", stated=parse_map(settings.maps, "test"))
    right = read_side(train, role="train", stated=parse_map(settings.maps, "train"))
    return check_sides(
        left,
        right,
        detectors=detectors,
        required=settings.methods,
        seed=settings.seed,
        waivers=(Waiver(check="inconclusive", reason=waiver),) if waiver else (),
        advance=advance,
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
    """Return a report that `contamination check --json` wrote.

    Raises:
        InputError: If the file is not such a report.
    """
    try:
        return CheckReport.model_validate_json(read_text(path))
    except ValueError as error:
        raise InputError(
            f"not a contamination report: {str(error).splitlines()[0]}",
            fix="give the file that `contamination check --json` or `--report` wrote",
            place=Place(file=str(path)),
        ) from error
