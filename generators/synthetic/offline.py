"""The rule-based author: no model, no network, and never taken for one.

It changes the wording of a text by a fixed table and answers with what the family computed, so that
the whole path runs without keys. In the ledger and in every manifest it is called `offline/rules`.
"""

import json
import re
from collections.abc import Mapping

from benchwright.calls.spec import CallSpec
from benchwright.errors import InputError
from benchwright.generators.synthetic.seeds import Seed
from benchwright.words import fold

_CASE = re.compile(r'"case": "([0-9a-f]{16})"')
_REWORDED = (
    (r"\bWrite the first\b", "Draft the opening"),
    (r"\bWrite\b", "Compose"),
    (r"\bDraft\b", "Prepare"),
    (r"\bAnswer\b", "Reply to"),
    (r"\bcounted from\b", "taken from"),
    (r"\bwent from\b", "moved from"),
    (r"\bwould like\b", "would be glad"),
    (r"\bplease\b", "kindly"),
    (r"\bcannot\b", "are not able to"),
    (r"\bcan't\b", "cannot"),
    (r"\bneed\b", "require"),
    (r"\bwant\b", "wish"),
    (r"\bquick\b", "brief"),
    (r"\bso\b", "therefore"),
    (r"\bbut\b", "yet"),
)
_LEADS = ("To put it plainly: ", "In short: ", "As it stands: ", "For the record: ")


class OfflineAuthor:
    """Answers the author's signatures for the seeds it was given."""

    def __init__(self, seeds: Mapping[str, Seed]) -> None:
        self._seeds = seeds

    def answer(self, spec: CallSpec) -> str:
        """Return what the rule writes for a request.

        Raises:
            InputError: If the request is about no known seed.
        """
        asked = spec.messages[-1].content
        found = _CASE.search(asked)
        seed = self._seeds.get(found.group(1)) if found else None
        if seed is None:
            raise InputError(
                "the offline author knows no such case", fix="run the stage from its beginning"
            )
        if "[[ ## right_output ## ]]" in asked:
            bad = next((item for item in seed.task.candidates if item.label == "fail"), None)
            value = {"output": bad.output if bad else {}, "why": bad.why if bad else "none"}
        else:
            texts = {place: reword(text) for place, text in seed.texts.items()}
            value = {"texts": texts, "reference": seed.task.reference}
        return (
            f"[[ ## reply ## ]]\n{json.dumps(value, ensure_ascii=False)}\n\n[[ ## completed ## ]]"
        )


def reword(text: str) -> str:
    """Return the text in other words by the table; numbers, dates and names stay."""
    changed = text
    for pattern, other in _REWORDED:
        changed = re.sub(pattern, other, changed)
    if fold(changed).split() == fold(text).split():
        return _LEADS[len(text) % len(_LEADS)] + text
    return changed


class SlippingAuthor:
    """The rule-based author on a bad day: each first reply is broken JSON, its repair is unchanged.

    It makes the calls of one repair and one rewrite for every candidate, for a rehearsal.
    """

    def __init__(self, seeds: Mapping[str, Seed]) -> None:
        self._seeds = seeds
        self._author = OfflineAuthor(seeds)
        self._case = ""

    def answer(self, spec: CallSpec) -> str:
        """Return what the rule writes for a request, with its slips.

        Raises:
            InputError: If the request is about no known seed.
        """
        asked = spec.messages[-1].content
        if "[[ ## wrong ## ]]" in asked:
            seed = self._seeds[self._case]
            value = {"texts": seed.texts, "reference": seed.task.reference}
            return f"[[ ## reply ## ]]\n{json.dumps(value, ensure_ascii=False)}"
        whole = self._author.answer(spec)
        if "[[ ## reference_shape ## ]]" not in asked:
            return whole
        found = _CASE.search(asked)
        self._case = found.group(1) if found else ""
        return whole[: whole.rindex("}")]
