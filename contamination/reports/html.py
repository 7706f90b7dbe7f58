"""The report as one HTML page that needs nothing beside it and loads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from benchwright.contamination.reports.facts import (
    Answer,
    Shown,
    accepted_entries,
    accepted_text,
    answer,
    counted,
    listed,
    passage_only,
    place_text,
    reason_of,
    shown,
    sides_of,
    threshold,
    threshold_sources,
)
from benchwright.findings import CheckReport, Cluster, ItemPlace, Side
from benchwright.markdown import visible
from benchwright.tasks import JsonObject
from benchwright.verdicts import CheckRun, Excerpt, Match

MAX_PAIRS = 5_000
MAX_LISTED = 200
MAX_CHARACTERS = 6_000
_WIDTH, _HEIGHT = 320, 96


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a list is shown, and how many more there are."""

    rows: tuple[object, ...]
    more: int


@dataclass(frozen=True, slots=True)
class TextView:
    """One side of a pair."""

    role: str
    id: str
    place: str
    text: Shown | None


@dataclass(frozen=True, slots=True)
class PairView:
    """One match as it is drawn."""

    number: int
    check: str
    score: str
    evidence: str
    details: tuple[tuple[str, str], ...]
    sides: tuple[TextView, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram, in the units of its drawing."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A histogram: bars, the highest count, and where the threshold stands."""

    check: str
    scope: str
    bars: tuple[Bar, ...]
    highest: int
    total: int
    limit: str
    limit_x: float | None


def to_html(report: CheckReport) -> str:
    """Return a report as one self-contained HTML page.

    The page holds at most `MAX_PAIRS` findings, some of every check, and says how many more there
    are. All texts are escaped by the template; its script only shows and hides what is there.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["visible"] = visible
    environment.filters["counted"] = counted
    source = files("benchwright.templates").joinpath("reports", "contamination.html.j2")
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(**_facts(report, answer(report))).rstrip("\n") + "\n"


def _facts(report: CheckReport, said: Answer) -> JsonObject:
    runs = report.contamination.runs
    found = [listed(run) for run in runs]
    total = sum(map(len, found))
    shares = fair_shares([len(matches) for matches in found], MAX_PAIRS)
    matches = [
        (run.check, match)
        for run, held, share in zip(runs, found, shares, strict=True)
        for match in held[:share]
    ]
    return {
        "said": said,
        "report": report,
        "thresholds": threshold_sources(report),
        "sides": [_side(side) for side in (report.test, report.train)],
        "runs": [
            {
                "run": run,
                "reason": reason_of(run),
                "limit": _limit(run),
                "params": _pairs(run.params),
            }
            for run in runs
        ],
        "charts": [_chart(run, run.histogram) for run in runs if run.histogram],
        "accepted": _listing(
            [{"entry": entry, "text": accepted_text(entry)} for entry in accepted_entries(report)]
        ),
        "passages": [
            {"check": run.check, "only": passage_only(run), "listing": _listing(run.passages)}
            for run in runs
            if run.passages
        ],
        "clusters": _listing([_cluster(cluster) for cluster in report.clusters]),
        "checks": list(dict.fromkeys(check for check, _ in matches)),
        "pairs": [
            _pair(number, check, match, report)
            for number, (check, match) in enumerate(matches, start=1)
        ],
        "more_pairs": total - len(matches),
        "chart_size": (_WIDTH, _HEIGHT),
    }


def fair_shares(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many of each list to show so that a long one leaves room for the others."""
    shares = [0] * len(sizes)
    for rank, place in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        shares[place] = min(sizes[place], (most - sum(shares)) // (len(sizes) - rank))
    return shares


def _listing(rows: Sequence[object]) -> Listing:
    return Listing(tuple(rows[:MAX_LISTED]), max(0, len(rows) - MAX_LISTED))


def _side(side: Side) -> JsonObject:
    return {
        "role": side.role,
        "rows": side.rows,
        "files": side.files,
        "fields": [
            {"role": role, "paths": paths, "guessed": role in side.guessed}
            for role, paths in sorted(side.field_map.items())
        ],
        "bad": len(side.bad_rows),
        "bad_rows": _listing(
            [
                {"place": place_text(ItemPlace(file=row.file, line=row.line)), "reason": row.reason}
                for row in side.bad_rows
            ]
        ),
    }


def _cluster(cluster: Cluster) -> JsonObject:
    return {"size": len(cluster.ids), "ids": _listing(cluster.ids), "checks": cluster.checks}


def _pair(number: int, check: str, match: Match, report: CheckReport) -> PairView:
    return PairView(
        number=number,
        check=check,
        score=f"{match.score:.3f}",
        evidence=match.evidence,
        details=_pairs(match.details or {}),
        sides=tuple(_text(side, name, text) for side, name, text in sides_of(match, report)),
    )


def _text(side: Side, name: str, excerpt: Excerpt | None) -> TextView:
    return TextView(
        role=side.role,
        id=name,
        place=place_text(side.places.get(name)),
        text=shown(excerpt, limit=MAX_CHARACTERS) if excerpt else None,
    )


def _pairs(values: JsonObject) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in sorted(values.items()))


def _limit(run: CheckRun) -> str:
    limit = threshold(run)
    return f"{limit[0]} {limit[1]:g}" if limit else ""


def _chart(run: CheckRun, counts: Sequence[int]) -> Chart:
    highest = max(1, *counts)
    step = _WIDTH / len(counts)
    bars = []
    for place, count in enumerate(counts):
        height = max(2.0, _HEIGHT * count / highest) if count else 0.0
        low, high = place / len(counts), (place + 1) / len(counts)
        bars.append(
            Bar(
                x=round(place * step + 1, 2),
                y=round(_HEIGHT - height, 2),
                width=round(step - 2, 2),
                height=round(height, 2),
                label=f"{low:.2f} to {high:.2f}: {counted(count, 'test item')}",
            )
        )
    limit = threshold(run)
    return Chart(
        check=run.check,
        scope=run.scope,
        bars=tuple(bars),
        highest=max(counts),
        total=sum(counts),
        limit=_limit(run),
        limit_x=round(limit[1] * _WIDTH, 2) if limit else None,
    )
