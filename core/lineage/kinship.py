"""May this judge grade that author's work? Fails closed: what is unknown is refused.

Source: Li et al. 2025 (arXiv:2502.01534): a judge scores the students of its own model, of a model
it inherits from, and of its family higher, so a different name is not enough.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.errors import ConfigError, nearest
from benchwright.lineage.resolver import Lineage, resolve
from benchwright.lineage.table import LineageTable
from benchwright.lineage.waivers import Waiver

RuleId = Literal["L001", "L002", "L003", "L004", "L005", "L006", "L007", "L008", "L009", "L010"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a person says of a name that cannot be resolved, and why.

    Attributes:
        name: The model's name, as it is used.
        lineages: Every lineage it has.
        reason: How the person knows.
    """

    name: str
    lineages: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a model may not play its part.

    Attributes:
        rule: The rule that says so.
        message: With the names and the lineages they share.
        fix: What can be done.
    """

    rule: RuleId
    message: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Resolves names with a project's declarations.

    Attributes:
        table: What is known of models.
        declarations: By the name they are made for.
        waivers: Those of the project that hold on its day.
    """

    table: LineageTable
    declarations: Mapping[str, Declaration]
    waivers: tuple[Waiver, ...] = ()

    def lineages(self, name: str, *, host: str | None = None) -> tuple[str, ...]:
        """Return everything a name is kin to; empty when it is unknown and not declared."""
        derived = self.derived(name, host=host).lineages
        declared = self.declarations.get(name)
        return tuple(sorted({*derived, *(declared.lineages if declared else ())}))

    def derived(self, name: str, *, host: str | None = None) -> Lineage:
        """Return what the name itself says, without declarations."""
        return resolve(name, self.table, host=host)

    def refusals_of(self, name: str) -> Iterator[Refusal]:
        """Yield why a name may play no part at all: L002 or L003."""
        derived, declared = self.derived(name), self.declarations.get(name)
        if not derived.known and declared is None:
            yield Refusal(
                rule="L002",
                message=f"the lineage of {name!r} is unknown: {derived.unknown_because}",
                fix=f"use a name that says the model, or declare {name!r} with a reason",
            )
        missing = sorted(set(derived.lineages) - set(declared.lineages)) if declared else []
        if missing:
            yield Refusal(
                rule="L003",
                message=f"{name!r} is declared without {', '.join(missing)}, which its name says",
                fix=f"declare all of {', '.join(derived.lineages)}, or drop the declaration",
            )

    def refusals_between(self, author: str, judge: str) -> Iterator[Refusal]:
        """Yield why `judge` may not grade what `author` wrote: L001, or what L002 and L003 say."""
        yield from self.refusals_of(author)
        yield from self.refusals_of(judge)
        shared = shared_lineages(self.lineages(author), self.lineages(judge))
        if shared:
            yield Refusal(
                rule="L001",
                message=f"{judge!r} is kin to {author!r}: both are {', '.join(shared)}",
                fix="choose a judge that shares no lineage with the author",
            )


def shared_lineages(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Return what two models have in common, sorted."""
    return tuple(sorted(set(first) & set(second)))


def read_declarations(
    declared: Sequence[Declaration], table: LineageTable
) -> dict[str, Declaration]:
    """Return declarations by name.

    Raises:
        ConfigError: If a name is declared twice, or a lineage is in no table.
    """
    known = table.lineages()
    found: dict[str, Declaration] = {}
    for item in declared:
        if item.name in found:
            raise ConfigError(f"{item.name!r} is declared twice", fix="keep one declaration")
        for lineage in item.lineages:
            if lineage not in known and not lineage.startswith("finetune:"):
                raise ConfigError(
                    f"{item.name!r} is declared as the unknown lineage {lineage!r}",
                    fix=nearest(lineage, known),
                )
        found[item.name] = item
    return found
