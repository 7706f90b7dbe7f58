"""Which numbers and names of a test item have another one in their place in a record?

An edited copy loses a number, or has some other word for it; another task of the same template has
a number where the item has a number, and a name where it has a name. So what stands in the place
tells an edit from another task, where the template is of one test item alone and nothing else says
what of it is the template's.

Names are words with a capital inside a sentence; a text without them, or one in capitals
throughout, has none, and then numbers alone are asked.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import pairwise

from benchwright.contamination.normaliser import Token

MAX_CAPITAL_SHARE = 0.5
MIN_REPLACED = 2
_SENTENCE_ENDS = frozenset(".!?:;\n\"'\u201c\u201d|#*")


def is_number(word: str) -> bool:
    """Return whether a folded token holds a digit."""
    return any(character.isdigit() for character in word)


def is_capital(text: str, token: Token) -> bool:
    """Return whether a token of a text begins with a capital letter."""
    return text[token.start].isupper()


def name_places(text: str, tokens: Sequence[Token]) -> frozenset[int]:
    """Return the places of the words with a capital that begin no sentence."""
    capitals = [place for place, token in enumerate(tokens) if is_capital(text, token)]
    if len(capitals) > MAX_CAPITAL_SHARE * len(tokens):
        return frozenset()
    return frozenset(
        place
        for place in capitals
        if place and _SENTENCE_ENDS.isdisjoint(text[tokens[place - 1].end : tokens[place].start])
    )


def agreeing_share(
    words: Sequence[str],
    names: Set[int],
    matched: Mapping[int, Set[int]],
    record: Sequence[str],
    is_name: Callable[[int], bool],
) -> tuple[float | None, bool]:
    """Return which share of an item's numbers agree, and whether a record is another task.

    Args:
        words: The item.
        names: The places of its names.
        matched: By place in the item that agrees with the record, the places there.
        record: The record, or the stretch of it that is compared.
        is_name: Whether a word of the record begins with a capital.

    Returns:
        The share of numbers that agree, of those that agree or have another in their place, None
        where there are none; and whether the record is another task. It is where more numbers, or
        more names, have another in their place than agree, and these are two or more. It is, too,
        where all that differs is one word for one, and more of them have another than agree, or
        as many, unless this is the only word that differs.
    """
    taken = {place for places in matched.values() for place in places}
    kept, replaced = [0, 0], [0, 0]
    for at, word in enumerate(words):
        of_numbers = is_number(word)
        if not (of_numbers or at in names):
            continue
        if at in matched:
            kept[of_numbers] += 1
            continue
        beside = _beside(at, matched) - taken
        replaced[of_numbers] += any(
            0 <= place < len(record)
            and (is_number(record[place]) if of_numbers else is_name(place))
            for place in beside
        )
    asked = kept[True] + replaced[True]
    most = sum(replaced[kind] for kind in (False, True) if replaced[kind] > kept[kind])
    differing = len(words) - len(matched)
    half = differing >= MIN_REPLACED and any(
        replaced[kind] == kept[kind] > 0 for kind in (False, True)
    )
    is_other = most >= MIN_REPLACED or ((most or half) and _is_one_for_one(matched))
    return kept[True] / asked if asked else None, bool(is_other)


def differs_in_slots(
    words: int, slots: Set[int], matched: Mapping[int, Set[int]], record_words: int
) -> bool:
    """Return whether a record has all of an item's template and other words in most of its slots.

    Args:
        words: Length of the item.
        slots: The places that its template leaves open.
        matched: By place in the item that agrees with the record, the places there.
        record_words: Length of the record, or of the stretch of it that is compared.
    """
    missing = [at for at in range(words) if at not in matched]
    if not slots >= set(missing) or 2 * len(missing) <= len(slots):
        return False
    taken = {place for places in matched.values() for place in places}
    besides = [_beside(at, matched) for at in missing]
    return all(
        any(0 <= place < record_words for place in beside - taken) for beside in besides if beside
    )


def _beside(at: int, matched: Mapping[int, Set[int]]) -> set[int]:
    """Return the places of a record beside those that agree with an item's neighbouring places."""
    return {
        *(place + 1 for place in matched.get(at - 1, ())),
        *(place - 1 for place in matched.get(at + 1, ())),
    }


def _is_one_for_one(matched: Mapping[int, Set[int]]) -> bool:
    """Return whether no word was added or left out between any two that agree."""
    return all(
        any(place + after - at in matched[after] for place in matched[at])
        for at, after in pairwise(sorted(matched))
    )
