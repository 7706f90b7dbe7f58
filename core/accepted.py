"""Findings that a person accepts: which, why, and until when. One YAML file holds them.

A pair is named by check, ids and the hashes of both compared texts, so that it holds only as long
as neither text changes. A passage is text that both sides may hold. A lone finding is what a check
of dates, canaries or answers says of one item, or of the whole test side.
"""

from datetime import date
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, Field

from benchwright.tasks import Record, Sha256

NEVER: Literal["never"] = "never"


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("say something here")
    return value


def _day(value: Any) -> Any:
    if type(value) is date or value == NEVER:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("give a day such as 2027-01-31, or never") from None


Said = Annotated[str, AfterValidator(_said)]
Expiry = Annotated[date | Literal["never"], BeforeValidator(_day)]


class AcceptedItem(Record):
    """One side of an accepted pair: the item's id and the sha256 of its compared text."""

    id: Said
    sha256: Sha256


class AcceptedPair(Record):
    """A pair that one check may find until the day `expires` has passed."""

    check: Said
    left: AcceptedItem
    right: AcceptedItem
    reason: Said
    expires: Expiry


class AcceptedPassage(Record):
    """A text that test items and training records may share until `expires` has passed."""

    text: Said
    reason: Said
    expires: Expiry


class AcceptedLone(Record):
    """What one check may say of one item, in these words, until `expires` has passed.

    `item` is None for a finding about the whole test side. The words hold what the hash does not
    cover: dates, labels and ids stand outside the compared text.
    """

    check: Said
    side: Literal["test", "train"]
    item: AcceptedItem | None = None
    evidence: Said
    reason: Said
    expires: Expiry


class AcceptedFindings(Record):
    """What the file holds."""

    schema_version: Literal[1] = 1
    pairs: tuple[AcceptedPair, ...] = Field(default=())
    passages: tuple[AcceptedPassage, ...] = Field(default=())
    lone: tuple[AcceptedLone, ...] = Field(default=())


def accepted_text(findings: AcceptedFindings, *, heading: str) -> str:
    """Return the findings as YAML below a comment; equal findings give equal text."""
    values = findings.model_dump(mode="json", exclude_defaults=True)
    body = yaml.safe_dump(
        {"schema_version": findings.schema_version, **values},
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    return f"# {heading}\n{body}"


def is_expired(expires: date | Literal["never"], today: date) -> bool:
    """Say whether the day has passed; an entry still holds on the day itself."""
    return expires != NEVER and expires < today
