"""Is the reference whole, and in the language of the task?

Both rules speak only where they are sure: a text without sentences is never called cut off, and a
language is compared only where the input is clearly English.
"""

import re
from collections.abc import Iterable, Iterator

from benchwright.judges.checks.base import main_text
from benchwright.judges.checks.text import word_set
from benchwright.tasks import JsonObject

_END = re.compile(r"[.!?…:;)\]}\"'”’»*_`]\s*\Z")
_SENTENCE_END = re.compile(r"[.!?]\s")
_MIN_SENTENCE_WORDS = 4
_IN_NAMES = frozenset(("of", "at", "and", "the", "de", "van", "von", "der", "&"))
_HANGING = word_set(
    "a an the of to for with from by at in on and or but nor our your their my his her its is are "
    "was were that which who because if than as into about"
)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = word_set(
    "the of and to is are that this for with you your we our have has not from will would can"
)
_OTHERS = {
    "German": word_set(
        "der das und oder von zu ist sind wir ihre ihr unsere für mit dass diese nicht haben hat "
        "werden auf aus wenn ich es sie eine einen dem den wie kein gebeten"
    ),
    "French": word_set(
        "le les des et est une dans pour que qui avec vous nous votre notre sur pas ce cette sont "
        "avez être aux du"
    ),
    "Spanish": word_set(
        "el los las del y es una en para que con por usted nosotros su nuestro pero este esta "
        "tiene hay"
    ),
}
_NAMED = re.compile(
    r"\b(?:german|deutsch|french|français|francais|spanish|español|espanol|translat|bilingual)",
    re.I,
)
_MIN_FOREIGN_WORDS, _MIN_ENGLISH_WORDS = 3, 20


def breaks_off(reference: JsonObject, candidates: Iterable[JsonObject]) -> Iterator[str]:
    """Yield the last words of a main text that stops inside a sentence.

    It does if it ends in a word that wants another, or inside a bracket; or if its last line, which
    is no signature, has no end although the text has others, or although every candidate ends.
    """
    text = main_text(reference).view.raw.strip()
    if not text or _END.search(text):
        return
    last = text.splitlines()[-1].split()
    hangs = last[-1].casefold() in _HANGING or text.count("(") > text.count(")")
    signed = all(word[:1].isupper() or word in _IN_NAMES for word in last)
    if not hangs and not signed:
        others = [main_text(one).view.raw.strip() for one in candidates]
        ended = [_END.search(other) is not None for other in others if other]
        sentence = len(last) >= _MIN_SENTENCE_WORDS and bool(ended) and all(ended)
        hangs = sentence or _SENTENCE_END.search(text) is not None
    if hangs:
        yield f"the reference breaks off: {text[-40:]!r}"


def another_language(input_texts: Iterable[str], reference: JsonObject) -> Iterator[str]:
    """Yield the language of a reference that answers an English task in another one."""
    written = [word.casefold() for word in _WORD.findall(main_text(reference).view.raw)]
    english = sum(word in _ENGLISH for word in written)
    name, foreign = max(
        ((name, sum(word in words for word in written)) for name, words in _OTHERS.items()),
        key=lambda pair: pair[1],
    )
    if foreign < _MIN_FOREIGN_WORDS or foreign <= 2 * english:
        return
    given = "\n".join(input_texts)
    read = [word.casefold() for word in _WORD.findall(given)]
    asked = sum(word in _ENGLISH for word in read)
    others = max(sum(word in words for word in read) for words in _OTHERS.values())
    if asked >= _MIN_ENGLISH_WORDS and asked > 4 * others and not _NAMED.search(given):
        yield f"the reference is in {name}, the input in English"
