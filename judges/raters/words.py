"""The agreement of people in words: the lines and tables that terminal and Markdown share."""

from collections.abc import Iterator

from benchwright.judges.agreement import GATE, SMOKE
from benchwright.judges.raters.report import (
    FLOOR,
    AgreementReport,
    Comparison,
    DimensionAgreement,
)
from benchwright.markdown import inert, table_lines

FIGURES = ("dimension", "figure", "value")
_SHOWS = {
    "shown": "shows {floor:.2f}",
    "insufficient": "insufficient to show {floor:.2f}",
    "below": "below {floor:.2f}",
    "undefined": "undefined",
}


def headline(report: AgreementReport) -> str:
    """Return the answer in one sentence."""
    if report.verdict == "refused":
        return "refused: these labels can show no agreement"
    if report.verdict == "blocked":
        dimensions = ", ".join(report.below())
        return (
            f"agreement below {report.floor:.2f} on {dimensions}: this blocks a release until the "
            "rubric is revised"
        )
    if report.not_shown():
        return f"insufficient to show {report.floor:.2f} on {', '.join(report.not_shown())}"
    if report.verdict == "insufficient":
        return (
            f"every dimension shows {report.floor:.2f}, but the labels are {_level(report)}: "
            f"{GATE} may gate"
        )
    return f"every dimension shows {report.floor:.2f}; the labels may {report.level}"


def summary(report: AgreementReport) -> str:
    """Return who labelled how much."""
    kin = "" if report.clusters is None else f" in {report.clusters} clusters of kin"
    return (
        f"{report.labels} labels of {report.tasks} tasks{kin} by {', '.join(report.annotators)}; "
        f"seed {report.seed}"
    )


def title(comparison: Comparison) -> str:
    """Return what is compared."""
    who = "one annotator, two passes" if comparison.kind == "intra" else "two annotators"
    return f"{comparison.first} against {comparison.second}: {who}"


def figure_rows(comparison: Comparison) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of `FIGURES`: what every dimension of a comparison came to."""
    for one in comparison.dimensions:
        yield one.dimension, "agreement", _share(one)
        scale = "nominal" if one.quadratic_kappa is None else "ordinal"
        figures = {
            "Cohen kappa": one.kappa,
            "quadratic kappa": one.quadratic_kappa,
            "Gwet AC1": one.ac1,
            f"alpha ({scale})": one.alpha,
        }
        if all(figure is None or figure == one.kappa for figure in figures.values()):
            figures = {"kappa, AC1, alpha": one.kappa}
        for name, figure in figures.items():
            if figure is not None:
                yield one.dimension, name, figure.text
        if one.tasks:
            yield one.dimension, "most given", _base_rates(one)


def alpha_lines(report: AgreementReport) -> Iterator[str]:
    """Yield one line a dimension: alpha of all annotators, missing labels left out."""
    for one in report.all_annotators:
        yield (
            f"{one.dimension}: alpha of {one.annotators} annotators {one.alpha.text}; "
            f"{one.missing} labels missing"
        )


def to_markdown(report: AgreementReport) -> str:
    """Return a report as GitHub-flavoured Markdown in which no text of the labels is markup."""
    lines = [f"# Agreement: {report.verdict}", "", f"**{inert(headline(report))}**", ""]
    lines += [inert(summary(report))]
    for refusal in report.refusals:
        lines += ["", f"- {inert(refusal.kind)}: {inert(refusal.message)}. {inert(refusal.fix)}."]
    for comparison in report.comparisons:
        lines += ["", f"## {inert(title(comparison))}", ""]
        lines += table_lines(FIGURES, figure_rows(comparison))
    if report.all_annotators:
        lines += ["", "## All annotators", ""]
        lines += [f"- {inert(line)}" for line in alpha_lines(report)]
    return "\n".join(lines) + "\n"


def _share(one: DimensionAgreement) -> str:
    shows = _SHOWS[one.shows].format(floor=FLOOR)
    if one.agreement.value is None:
        return one.agreement.text
    missing = f"; {one.one_sided} with one answer only" if one.one_sided else ""
    kin = f" in {one.units} clusters" if one.units != one.tasks else ""
    return f"{one.agreed} of {one.tasks}{kin}, {one.agreement.text}: {shows}{missing}"


def _base_rates(one: DimensionAgreement) -> str:
    sides = (("first", one.first_base_rates), ("second", one.second_base_rates))
    said = [
        f"{side} {label} at {share:.2f}"
        for side, rates in sides
        for share, label in [max((share, label) for label, share in rates.items())]
    ]
    return ", ".join(said)


def _level(report: AgreementReport) -> str:
    if report.level == "insufficient":
        return f"fewer than the {SMOKE} of a smoke test"
    return "a smoke test"
