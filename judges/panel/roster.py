"""Which judges may grade a row: none that is kin to whoever wrote in it. Fails closed.

Who wrote is what the ledger says was served, beside what was asked for. A call that is not in the
ledger, or a name of which nothing is known, leaves no judge allowed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from benchwright.calls.ledger import CallParty, Ledger
from benchwright.calls.log import served_lineage
from benchwright.canonical import sha256_hex
from benchwright.lineage.kinship import Models, shared_lineages
from benchwright.lineage.waivers import waived_because
from benchwright.model_config import OFFLINE_MODEL, ModelConfig
from benchwright.tasks import Task

WRITING_ROLES = ("author", "rewriter", "repairer", "rejected_author")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writers:
    """Who wrote in a row.

    Attributes:
        lineages: Everything they are kin to; empty where rules wrote alone.
        by_name: What each model, as it was asked for, is kin to: a waiver may name one.
        unknown_because: Why that cannot be told; no judge is allowed then.
    """

    lineages: tuple[str, ...] = ()
    unknown_because: str | None = None
    by_name: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The judges that may grade a row, in the order in which they are asked.

    Attributes:
        refused: Why each of the others may not.
    """

    judges: tuple[ModelConfig, ...]
    refused: tuple[str, ...] = ()


def serves_what_was_asked(models: Models, requested: str, served: str) -> bool:
    """Say whether what answered is known and adds no lineage to what was asked for (L004)."""
    found = served_lineage(requested, served, models)
    return bool(found) and set(found) <= set(models.lineages(requested))


def writers_of(task: Task, ledger: Ledger, models: Models) -> Writers:
    """Return who wrote in a task, from the calls that its provenance names."""
    parties: list[CallParty] = []
    for call_id in task.provenance.calls:
        party = ledger.party(call_id)
        if party is None:
            return Writers(unknown_because=f"call {call_id!r} is not in the ledger")
        parties.append(party)
    if task.provenance.mode == "synthetic" and not any(
        party.role in WRITING_ROLES for party in parties
    ):
        return Writers(unknown_because="no call of its provenance wrote it")
    return writers_from(parties, models)


def writers_from(parties: Iterable[CallParty], models: Models) -> Writers:
    """Return the lineages of those parties that wrote."""
    lineages: set[str] = set()
    by_name: dict[str, set[str]] = defaultdict(set)
    for party in parties:
        by_rules = (party.requested, party.served) == (OFFLINE_MODEL, OFFLINE_MODEL)
        if party.role not in WRITING_ROLES or by_rules:
            continue
        asked = models.lineages(party.requested)
        served = served_lineage(party.requested, party.served, models)
        if not asked or not served:
            name = party.requested if not asked else (party.served or "a reply without a name")
            return Writers(unknown_because=f"the lineage of its {party.role} {name!r} is unknown")
        lineages.update(asked, served)
        by_name[party.requested].update(asked, served)
    return Writers(
        lineages=tuple(sorted(lineages)),
        by_name=tuple((name, tuple(sorted(found))) for name, found in sorted(by_name.items())),
    )


def allowed_judges(
    row: str, writers: Iterable[Writers], judges: Sequence[ModelConfig], models: Models
) -> Allowed:
    """Return the judges that may grade a row, ordered by sha256(row, judge).

    They share no lineage with any writer, or a waiver covers each pair that does.
    """
    everyone = list(writers)
    unknown = [one.unknown_because for one in everyone if one.unknown_because is not None]
    if unknown:
        return Allowed(judges=(), refused=tuple(f"L002: {reason}" for reason in unknown))
    allowed, refused = [], []
    for judge in sorted(judges, key=lambda item: sha256_hex(f"{row}\x1f{item.model}")):
        reasons = list(_refusals(judge.model, everyone, models))
        refused += reasons
        if not reasons:
            allowed.append(judge)
    return Allowed(judges=tuple(allowed), refused=tuple(refused))


def _refusals(judge: str, writers: Sequence[Writers], models: Models) -> Iterator[str]:
    for refusal in models.refusals_of(judge):
        yield f"{refusal.rule}: {refusal.message}"
    own = models.lineages(judge)
    shared: set[str] = set()
    for one in writers:
        for name, lineages in one.by_name or (("", one.lineages),):
            if waived_because(models.waivers, "L001", author=name, judge=judge) is None:
                shared.update(shared_lineages(own, lineages))
    if shared:
        both = ", ".join(sorted(shared))
        yield f"L001: {judge!r} is kin to whoever wrote the row: both are {both}"
