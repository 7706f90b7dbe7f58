"""A lineage rule that does not hold for now: for whom, why, and until when.

A waiver takes the weight of a finding and lets the pair work together; the finding stays. What no
waiver can mend is not waivable: a lineage that is unknown or contradicted is declared instead, and
a prompt that shows the author or a verdict of no model stays what it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

WaivableRule = Literal["L001", "L004", "L005", "L006", "L007", "L009"]
OF_A_PAIR = frozenset({"L001", "L006"})
WHAT_TO_DO_INSTEAD = {
    "L002": "declare what the name is, with a reason, under models.declare",
    "L003": "correct the declaration under models.declare",
    "L008": "take the author and the scores out of the judge's prompt",
    "L010": "count as judged by a model only what a model has judged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A rule that does not hold for now.

    Attributes:
        author: The name of the writing model that it is for; None for every one.
        judge: The name of the judge that it is for; None for every one.
    """

    rule: WaivableRule
    reason: str
    expires: date
    author: str | None = None
    judge: str | None = None

    def covers(self, rule: str, *, author: str | None, judge: str | None) -> bool:
        """Say whether a breach of a rule by these two is waived."""
        return self.rule == rule and self.author in (None, author) and self.judge in (None, judge)


def valid_waivers(waivers: Iterable[Waiver], day: date | None) -> tuple[Waiver, ...]:
    """Return the waivers that have not expired on a day; without a day none holds."""
    return tuple(item for item in waivers if day is not None and item.expires >= day)


def waived_because(
    waivers: Iterable[Waiver], rule: str, *, author: str | None = None, judge: str | None = None
) -> str | None:
    """Return the reason of the first waiver that covers a breach; None where none does."""
    return next(
        (item.reason for item in waivers if item.covers(rule, author=author, judge=judge)), None
    )
