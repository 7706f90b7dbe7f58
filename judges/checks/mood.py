"""Does a stretch of text state, ask, suppose, doubt or deny?

The unit is the clause, not the sentence: "You raised $14M; if that is for hiring, we can help"
states its first half and supposes its second. "You raised $14M, would a call help?" and "Since
you raised $14M, would a call help?" state the round, although they end in a question mark.
"""

import re
from bisect import bisect_left

from benchwright.judges.checks.text import Sentence, TextView

_CLAUSE = re.compile(
    r"[;:()\u2014]|,(?= ?(?:and|but|so|yet|which|while|though|although|if|unless|then)\b)|"
    r" --? | (?:but|although|whereas) |"
    r" and (?=(?:i |we )?(?:wonder\w{0,3}|asked|ask|was|would|want\w{0,2})\b)"
)
_SEGMENT = re.compile(r"[,;:()\u2014]| --? | (?:and|so|but) (?=(?:is|are|do|does|would|could)\b)")
_IF = re.compile(
    r"\b(?:if|unless|whether|in case|assuming|suppose|supposing|should you|should that|"
    r"provided that)\b(?! (?:only|anything))"
)
_ONCE = re.compile(r"\b(?:once|when|as soon as|until|after|pending|subject to|depending on)\b")
_MAY_MONTH = re.compile(
    r"(?:\d|\b(?:in|of|by|since|until|till|from|last|early|late|mid|to|next|this|end))[ -]may\b|"
    r"\bmay \d"
)
_HEDGE = re.compile(
    r"(?<!\bi )(?<!\bwe )\b(?:may|might|could)\b(?! (?:be (?:pleased|glad|happy|interested|"
    r"surprised|aware)|know|like|recall|remember|have (?:seen|heard|noticed)|help|assist|"
    r"support|cover|fill|offer|place|show|share|bring|give))|"
    r"\b(?:perhaps|maybe|possibly|probably|seems?|seemed|appears?|appeared|suggests?|hints?|"
    r"reportedly|apparently|allegedly|supposedly|unconfirmed|unverified|rumou?r(?:s|ed)?|"
    r"looks (?:like|as)|sounds like|not (?:sure|certain|confirmed|clear)|unsure|unclear|"
    r"(?:newsletters?|reviews?|posts?|blogs?|articles?|reports?|sources?|guests?|podcasts?|"
    r"somebody|someone) claim(?:s|ed)?|"
    r"wonder(?:s|ed|ing)?|curious|guess(?:ing)?|correct me|"
    r"i (?:may|might|could) be (?:wrong|mistaken|misreading|off))\b|"
    r"\b(?:not|n't|cannot|rather not|hesitate to)(?: want)?(?: to)? "
    r"(?:assume|presume|over-?read|read too much|tell|know|conclude|infer|confirm|verify)\b"
)
_DOUBT_AFTER = re.compile(
    r"[ ,;:-]{0,3}(?:(?:(?:but|though|although|yet|and|while) )?(?:i|we) |but |yet )"
    r"(?:\w{1,12} )?(?:"
    r"(?:may|might|could) be (?:wrong|mistaken|misreading)|am (?:not sure|unsure)|"
    r"(?:do not|don't|cannot|can't|could not|couldn't|would not|wouldn't|will not|won't) "
    r"(?:(?:want|wish|like|care) to )?(?:assume|presume|over-?read|read too much|tell|conclude|"
    r"infer|confirm|verify|rely|build on))\b"
)
_NOT = re.compile(
    r"\b(?:not|no|never|cannot|\w{1,8}n't|without|nor|neither|none|nobody|instead of|rather than|"
    r"unable|refuse|decline|too many|beyond|impossible|out of (?:reach|the question))\b"
)
_NO_DENIAL = re.compile(
    r"\b(?:never mind|(?:nobody|no one|nothing|no other) (?:else|\w{1,12} else)|"
    r"no (?:problem|worries|exaggeration|secret|surprise|doubt|question|"
    r"issue|matter|later|need to worry|sweat)|"
    r"not (?:only|just|merely|simply|a problem|an issue|to worry|to mention)|"
    r"(?:cannot|can't|could not|couldn't) wait|(?:do not|don't) (?:worry|hesitate)|why not|"
    r"(?:not|never) (?:fewer|less) than|no (?:fewer|less) than|"
    r"without (?:fail|delay|doubt|question|any doubt|a doubt|hesitation|a problem|exception))\b"
)
_OPENER = re.compile(
    r"(?:(?:and|so|but|or|then|if so|hi|hello|dear \w{1,20})[, ]{1,2})?"
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|"
    r"must|what|which|who|whom|whose|when|where|why|how|isn't|aren't|don't|doesn't|wouldn't|"
    r"couldn't|any|anything|worth|interested)\b"
)
_IS_IT_SO = re.compile(
    r"\b(?:(?:is|was) (?:it|that|this)|(?:am|was) i|do i have (?:it|that|this)) "
    r"(?:right|true|correct|so|accurate|the case|mistaken|wrong)\b"
)
_REASON = re.compile(r"(?:since|because|given|now that|as|seeing|considering|with)\b")


def clause_at(text: TextView, sentence: Sentence, position: int) -> tuple[int, int]:
    """Return where the clause that holds a position begins and ends."""
    return _part_at(_CLAUSE, text, sentence, position)


def is_negated(text: TextView, sentence: Sentence, position: int) -> bool:
    """Say whether the clause denies, before a position, what stands there."""
    start, _ = clause_at(text, sentence, position)
    return denies(text.low[start:position])


def denies(part: str) -> bool:
    """Say whether a stretch of folded text holds a denial; "no problem" and "not only" are none."""
    if _NOT.search(part) is None:
        return False
    return _NOT.search(_NO_DENIAL.sub(" ", part)) is not None


def is_conditional(
    text: TextView, sentence: Sentence, position: int, *, in_time: bool = False
) -> bool:
    """Say whether what stands at a position depends on a condition in its sentence.

    Args:
        in_time: Let an event to come ("once Dana agrees") count as a condition too.
    """
    for pattern in (_IF, _ONCE) if in_time else (_IF,):
        places = _places(pattern, text, sentence)
        if not places:
            continue
        if not text.low[sentence.start : places[0]].strip(" \n-*\"'"):
            return True
        start, end = clause_at(text, sentence, position)
        if bisect_left(places, start) < bisect_left(places, end):
            return True
    return False


def is_hedged(text: TextView, sentence: Sentence, position: int) -> bool:
    """Say whether the clause at a position carries a word of doubt."""
    start, end = clause_at(text, sentence, position)
    known: dict[int, bool] = text.memo.setdefault("hedged", {})
    if start not in known:
        hedged = _HEDGE.search(without_may(text.low[start:end])) is not None
        known[start] = hedged or _DOUBT_AFTER.match(text.low, end, sentence.end) is not None
    return known[start]


def without_may(part: str) -> str:
    """Return a stretch of folded text without the month of May, which is no word of doubt."""
    return _MAY_MONTH.sub(" ", part) if "may" in part else part


def is_asked(text: TextView, sentence: Sentence, position: int) -> bool:
    """Say whether what stands at a position is part of what a question asks."""
    if not sentence.asks:
        return False
    start, _ = _part_at(_SEGMENT, text, sentence, position)
    if _REASON.match(text.low[start:position].lstrip()):
        return False
    opener = _question_start(text, sentence)
    if opener is None or opener <= position:
        return True
    return _IS_IT_SO.search(text.low, position, sentence.end) is not None


def is_stated(text: TextView, sentence: Sentence, position: int) -> bool:
    """Say whether what stands at a position is put as a fact: not asked, supposed or doubted."""
    return not (
        is_asked(text, sentence, position)
        or is_conditional(text, sentence, position)
        or is_hedged(text, sentence, position)
    )


def _question_start(text: TextView, sentence: Sentence) -> int | None:
    """Return where the first part of a sentence that has the order of a question begins."""
    known: dict[int, int | None] = text.memo.setdefault("question", {})
    if sentence.start not in known:
        known[sentence.start] = _find_question(text, sentence)
    return known[sentence.start]


def _find_question(text: TextView, sentence: Sentence) -> int | None:
    start = sentence.start
    for end, after in [*_cuts(_SEGMENT, text, sentence), (sentence.end, sentence.end)]:
        if _OPENER.match(text.low[start:end].lstrip(" \n-*\"'>")):
            return start
        start = after
    return None


def _part_at(
    separator: re.Pattern[str], text: TextView, sentence: Sentence, position: int
) -> tuple[int, int]:
    cuts = _cuts(separator, text, sentence)
    after = bisect_left(cuts, (position, -1))
    start = cuts[after - 1][1] if after else sentence.start
    return start, cuts[after][0] if after < len(cuts) else sentence.end


def _cuts(separator: re.Pattern[str], text: TextView, sentence: Sentence) -> list[tuple[int, int]]:
    """Return where each separator of a sentence begins and ends."""
    known: dict[tuple[int, int], list[tuple[int, int]]] = text.memo.setdefault("cuts", {})
    key = (id(separator), sentence.start)
    if key not in known:
        found = separator.finditer(text.low, sentence.start, sentence.end)
        known[key] = [match.span() for match in found]
    return known[key]


def _places(pattern: re.Pattern[str], text: TextView, sentence: Sentence) -> list[int]:
    """Return where each match of a pattern in a sentence begins."""
    known: dict[tuple[int, int], list[int]] = text.memo.setdefault("places", {})
    key = (id(pattern), sentence.start)
    if key not in known:
        found = pattern.finditer(text.low, sentence.start, sentence.end)
        known[key] = [match.start() for match in found]
    return known[key]
