"""Precision and recall over the threshold as an SVG picture, one panel a detector.

The picture has no script and loads nothing; its colours follow the reader's light or dark theme.
"""

from collections.abc import Iterator, Sequence
from html import escape

from benchwright.calibration import CalibrationReport, CurvePoint, DetectorCalibration
from benchwright.errors import CheckFailedError

_COLUMNS = 2
_PANEL_WIDTH, _PANEL_HEIGHT = 400, 270
_PLOT_WIDTH, _PLOT_HEIGHT = 320, 180
_LEFT, _TOP, _HEAD = 50, 46, 56
_LETTER_WIDTH = 6
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_LINES = (
    ("recall", "recall"),
    ("precision", "precision"),
    ("false", "false positives, worst kind"),
)
_STYLE = """
  svg { background: #ffffff; color: #1f2328; font: 13px system-ui, sans-serif; }
  text { fill: currentColor; } .soft { opacity: .7; font-size: 11px; } .title { font-weight: 600; }
  .grid { stroke: currentColor; opacity: .15; } .line { fill: none; stroke-width: 2.2; }
  .recall { stroke: #0b62d6; } .precision { stroke: #b35900; stroke-dasharray: 7 3; }
  .false { stroke: #c01c3a; stroke-dasharray: 2 3; }
  .default { stroke: currentColor; stroke-dasharray: 4 4; opacity: .6; }
  .proposed { stroke: currentColor; stroke-width: 1.6; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; color: #e6edf3; } .recall { stroke: #6cb0ff; }
    .precision { stroke: #ffb057; } .false { stroke: #ff7b93; }
  }
"""


def to_svg(report: CalibrationReport) -> str:
    """Return the curves of every detector that has one.

    Raises:
        CheckFailedError: If no detector has a curve.
    """
    drawn = [found for found in report.detectors if found.curve]
    if not drawn:
        raise CheckFailedError(
            "no detector has a curve to draw",
            fix="choose one with a threshold, and give at least 50 pairs a half of each kind",
        )
    rows = -(-len(drawn) // _COLUMNS)
    width = _PANEL_WIDTH * min(_COLUMNS, len(drawn))
    height = _HEAD + _PANEL_HEIGHT * rows
    title = f"What each threshold finds among the {report.pairs.half_b:,} pairs of half b"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="16" y="24">{escape(title)}</text>',
        *_legend(),
    ]
    for place, found in enumerate(drawn):
        across, down = place % _COLUMNS, place // _COLUMNS
        lines.append(
            f'<g transform="translate({across * _PANEL_WIDTH} {_HEAD + down * _PANEL_HEIGHT})">'
        )
        lines += [*_panel(found), "</g>"]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _legend() -> Iterator[str]:
    lines = [(f"line {style}", name) for style, name in _LINES]
    x = 16
    for style, name in (*lines, ("default", "default"), ("proposed", "proposed on half a")):
        yield f'<path class="{style}" d="M{x} 43 h20"/>'
        yield f'<text class="soft" x="{x + 25}" y="47">{name}</text>'
        x += 46 + _LETTER_WIDTH * len(name)


def _panel(found: DetectorCalibration) -> Iterator[str]:
    claims = ", ".join(claim.replace("_", " ") for claim in found.claims)
    yield f'<text class="title" x="{_LEFT}" y="18">{escape(found.check)}</text>'
    yield f'<text class="soft" x="{_LEFT}" y="34">recall of {escape(claims)}</text>'
    for tick in _TICKS:
        x, y = _x(tick), _y(tick)
        grid = f"M{_LEFT} {y:g} h{_PLOT_WIDTH} M{x:g} {_TOP} v{_PLOT_HEIGHT}"
        yield f'<path class="grid" d="{grid}"/>'
        yield f'<text class="soft" x="{_LEFT - 6}" y="{y + 4:g}" text-anchor="end">{tick:g}</text>'
        yield (
            f'<text class="soft" x="{x:g}" y="{_TOP + _PLOT_HEIGHT + 16}" '
            f'text-anchor="middle">{tick:g}</text>'
        )
    yield (
        f'<text class="soft" x="{_LEFT + _PLOT_WIDTH}" y="{_TOP + _PLOT_HEIGHT + 32}" '
        f'text-anchor="end">{escape(found.parameter or "")}</text>'
    )
    default = found.at_default.threshold if found.at_default else None
    for style, threshold in (
        ("default", default),
        ("proposed", found.proposal.threshold if found.proposal else None),
    ):
        if threshold is not None:
            yield f'<path class="{style}" d="M{_x(threshold):g} {_TOP} v{_PLOT_HEIGHT}"/>'
    for style, _ in _LINES:
        yield f'<path class="line {style}" d="{_path(found.curve, style)}"/>'


def _path(points: Sequence[CurvePoint], style: str) -> str:
    values = {
        "recall": [point.recall for point in points],
        "precision": [point.precision for point in points],
        "false": [point.false_positive_rate for point in points],
    }[style]
    places = zip((_x(point.threshold) for point in points), map(_y, values), strict=True)
    steps = [f"{x:g} {y:g}" for x, y in places]
    return f"M{' L'.join(steps)}"


def _x(share: float) -> float:
    return round(_LEFT + _PLOT_WIDTH * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _PLOT_HEIGHT * (1 - share), 1)
