"""What every rendering of a contamination report says alike: the verdict, why, and the texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.findings import AcceptedUse, CheckReport, ItemPlace, Side, Verdict
from benchwright.markdown import visible
from benchwright.verdicts import CheckRun, Excerpt, Match

MEANINGS = {
    "exact": "The normalised text of a test item equals that of a training item.",
    "ngram": "A test item and a training item share a long run of words.",
    "containment": "Most of a test item stands in a training item, edited or rearranged.",
    "minhash": "A test item and a training item share most of their shingles.",
    "masked": "A test item equals a training item, or nearly, but for names, numbers and dates.",
    "lineage": "A test item and a training item come from the same origin.",
    "time": "A date is a placeholder, or stands in the wrong order with another.",
    "canary": "The canary of the benchmark stands in a training record.",
    "answer": "A test item gives its own answer away.",
}
_LEAD_CHARACTERS = 200
_THRESHOLDS = ("min_jaccard", "min_cosine_similarity", "min_containment")
_TITLES: dict[Verdict, str] = {
    "clean": "Clean",
    "flagged": "Flagged",
    "inconclusive": "Inconclusive",
    "waived": "Waived",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text, and whether both sides share it."""

    text: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of a text that is shown, and how many characters stand before and after it."""

    before: int
    segments: tuple[Segment, ...]
    after: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict as it is shown, in one word, in one sentence, and with its reasons."""

    verdict: Verdict
    title: str
    sentence: str
    reasons: tuple[str, ...]


def answer(report: CheckReport) -> Answer:
    """Return the verdict as it is shown.

    A report that calls itself clean although a run of it is not, or nothing ran, is not shown as
    clean: the stricter reading stands.
    """
    verdict = _verdict(report)
    found = [match for run in report.contamination.runs for match in run.matches]
    accepted = accepted_total(report)
    beside = f" {counted(accepted, 'finding')} accepted." if accepted else ""
    sentences: dict[Verdict, str] = {
        "clean": "No test item was found in the training data"
        f"{' beyond what is accepted' if accepted else ''}, and every check that ran found the "
        f"copies that were planted for it.{beside}",
        "flagged": f"{_flagged(found)}{beside}",
        "inconclusive": "Could not tell. Nothing was found, but not everything was compared or "
        "proved; this is not a clean result.",
        "waived": "Not clean: a person accepted what was found or could not be told.",
    }
    waived = tuple(
        f"waived ({waiver.check}): {waiver.reason}"
        + (f", until {waiver.expires}" if waiver.expires else "")
        for waiver in report.waivers
    )
    reasons = (*(f"{run.check}: {reason_of(run)}" for run in undecided(report)), *gaps(report))
    reasons = (*reasons, *waived, *lapsed(report))
    return Answer(verdict, _TITLES[verdict], sentences[verdict], reasons)


def accepted_total(report: CheckReport) -> int:
    """Return how many findings are accepted."""
    return sum(run.accepted or 0 for run in report.contamination.runs)


def accepted_entries(report: CheckReport) -> tuple[AcceptedUse, ...]:
    """Return the entries of the file of accepted findings, those that accepted most first."""
    entries = report.accepted.entries if report.accepted else ()
    return tuple(sorted(entries, key=lambda entry: -entry.pairs))


def accepted_count(entry: AcceptedUse) -> str:
    """Return how many pairs, or findings of one side, an entry accepted."""
    return counted(entry.pairs, "finding" if entry.kind == "lone" else "pair")


def accepted_text(entry: AcceptedUse) -> str:
    """Return what an entry accepts: the pair, or the beginning of the passage."""
    if entry.kind == "pair":
        return f"{entry.check}: {entry.left_id} ~ {entry.right_id}"
    if entry.kind == "lone":
        name = entry.left_id or entry.right_id or "the whole test side"
        return f"{entry.check}: {name}: {entry.text}"
    text = " ".join((entry.text or "").split())
    return f"passage: {text[:_LEAD_CHARACTERS]}{'…' if len(text) > _LEAD_CHARACTERS else ''}"


def lapsed(report: CheckReport) -> tuple[str, ...]:
    """Return, in words, every accepted entry that accepted nothing, and why."""
    why = {
        "expired": "expired on {0.expires}",
        "changed": "not accepted any more: the text of an item has changed",
        "unused": "matched nothing",
    }
    return tuple(
        f"{why[entry.state].format(entry)} ({accepted_text(entry)})"
        for entry in accepted_entries(report)
        if entry.state in why
    )


def listed(run: CheckRun) -> tuple[Match, ...]:
    """Return the matches that are shown one by one: those that share more than passages."""
    return tuple(match for match in run.matches if not _is_passage_only(match))


def passage_only(run: CheckRun) -> int:
    """Return how many matches share only passages that many test items hold."""
    return sum(map(_is_passage_only, run.matches))


def _is_passage_only(match: Match) -> bool:
    return bool(match.details and match.details.get("passage_only"))


def _flagged(found: Sequence[Match]) -> str:
    pairs = [match for match in found if None not in (match.left_id, match.right_id)]
    items = len({match.left_id for match in pairs})
    alone = counted(len(found) - len(pairs), "finding")
    if not pairs:
        return f"{alone} of one side alone."
    first = f"{counted(items, 'test item')} found in the training data"
    rest = f", and {alone} of one side alone" if len(found) > len(pairs) else ""
    return f"{first} ({counted(len(pairs), 'match')}){rest}."


def undecided(report: CheckReport) -> tuple[CheckRun, ...]:
    """Return the runs that could not tell."""
    return tuple(run for run in report.contamination.runs if run.status == "inconclusive")


def gaps(report: CheckReport) -> tuple[str, ...]:
    """Return what keeps a report from being clean although no single run says so."""
    runs = report.contamination.runs
    idle = sorted({run.check for run in runs if run.status == "not_run"} & set(report.required))
    never = [name for name in report.required if name not in {run.check for run in runs}]
    return (
        *(
            f"{counted(len(side.bad_rows), f'{side.role} row')} could not be read"
            for side in (report.test, report.train)
            if side.bad_rows
        ),
        *(f"{name} was asked for and did not run" for name in (*idle, *never)),
        *(() if any(run.status != "not_run" for run in runs) else ("no check ran",)),
    )


def _verdict(report: CheckReport) -> Verdict:
    if report.verdict != "clean":
        return report.verdict
    if report.contamination.status == "flagged":
        return "flagged"
    return "inconclusive" if undecided(report) or gaps(report) else "clean"


def reason_of(run: CheckRun) -> str:
    """Return why a run is not clean; an empty text when it is."""
    if run.reason or run.status == "clean":
        return run.reason or ""
    if run.status == "flagged":
        return counted(len(run.matches), "match")
    return "no reason was recorded"


def threshold(run: CheckRun) -> tuple[str, float] | None:
    """Return the name and value of the least score at which a check speaks, if it has one."""
    for name in _THRESHOLDS:
        value = run.params.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return name, float(value)
    return None


def threshold_sources(report: CheckReport) -> str:
    """Return the thresholds of a report and who set each; an empty text where none is recorded."""
    uses = [f"{use.check} {use.value:g} ({use.source})" for use in report.thresholds]
    policy = f"; policy {report.policy.file}" if report.policy else ""
    return f"{', '.join(uses)}{policy}" if uses else ""


def shown(excerpt: Excerpt, *, limit: int) -> Shown:
    """Return at most `limit` characters of a text, beginning shortly before the first shared span.

    Spans are put in order, joined where they overlap and cut to the text.
    """
    text = excerpt.text
    spans = sorted((max(0, a), min(b, len(text))) for a, b in excerpt.spans)
    spans = [span for span in spans if span[0] < span[1]]
    start = 0
    if len(text) > limit and spans:
        start = min(max(0, spans[0][0] - _LEAD_CHARACTERS), len(text) - limit)
    end = min(len(text), start + limit)
    segments: list[Segment] = []
    place = start
    for first, last in spans:
        begin, stop = max(first, place), min(last, end)
        if begin < stop:
            _append(segments, text[place:begin], shared=False)
            _append(segments, text[begin:stop], shared=True)
            place = stop
    _append(segments, text[place:end], shared=False)
    return Shown(before=start, segments=tuple(segments), after=len(text) - end)


def _append(segments: list[Segment], text: str, *, shared: bool) -> None:
    if text and segments and segments[-1].shared == shared:
        segments[-1] = Segment(segments[-1].text + visible(text), shared)
    elif text:
        segments.append(Segment(visible(text), shared))


def sides_of(match: Match, report: CheckReport) -> tuple[tuple[Side, str, Excerpt | None], ...]:
    """Return the sides that a match names, each with the item's id and text."""
    named = (
        (report.test, match.left_id, match.left),
        (report.train, match.right_id, match.right),
    )
    return tuple((side, name, text) for side, name, text in named if name is not None)


def place_text(place: ItemPlace | None) -> str:
    """Return `file:line` of an item, or that it is not recorded."""
    if place is None or not place.file:
        return "place not recorded"
    return f"{place.file}:{place.line}" if place.line else place.file


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as `1 match` or `1,200 matches`."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
