"""Which lineages a model's name resolves to, offline and with evidence.

Who hosts a model is another question: the front of a name that only says so is peeled off. The
answer is a set, for a distilled or fine-tuned model inherits from others; a name of which nothing
is known is *unknown*, and no rule takes it for unrelated.

Source: the kinds of inheritance follow Li et al. 2025 (arXiv:2502.01534).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchwright.lineage.table import LineageTable, ModelEntry

_SEPARATORS = re.compile(r"[/:.@_\-\s]+")
_VERSION = re.compile(r"\d+(?:p\d+)?\Z")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FINE_TUNE = re.compile(r"(?:\A|/)ft:[^:]+(?::([^:]*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a lineage belongs to a name.

    Attributes:
        lineage: The lineage.
        because: What in the name says so, or through what it is inherited.
        source: Who says that it is inherited; None where the name itself says it.
    """

    lineage: str
    because: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a model's name resolves to.

    Attributes:
        name: The name as it was given.
        hosts: What was peeled off its front.
        lineages: Sorted; empty when unknown.
        evidence: Every reason, in the order in which the table gives them.
        unknown_because: Why nothing is known; None where something is.
    """

    name: str
    hosts: tuple[str, ...] = ()
    lineages: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown_because: str | None = None

    @property
    def known(self) -> bool:
        """Whether anything is known of the name."""
        return bool(self.lineages)


def resolve(name: str, table: LineageTable, *, host: str | None = None) -> Lineage:
    """Return the lineages of a model's name.

    Args:
        name: As a config, a provider or the `model` field of a reply says it.
        table: What is known of models.
        host: The requested name, for a reply that gives the bare name of what it served.
    """
    lowered = name.strip().lower()
    if lowered.startswith("arn:") or "/arn:" in lowered or _UUID.search(lowered):
        return Lineage(name=name, unknown_because="an ARN or a deployment id names no model")
    hosts, rest = _peel(lowered, table)
    tokens = frozenset(_tokens(rest))
    context = tokens.union(*(_tokens(part) for part in hosts), _tokens((host or "").lower()))
    direct = dict(_direct(tokens, context, table))
    evidence = [*direct.values(), *_inherited(direct, table)]
    if not evidence:
        return Lineage(
            name=name, hosts=hosts, unknown_because="no part of the name is in lineage.yaml"
        )
    if (tuned := _FINE_TUNE.search(lowered)) and tuned.group(1):
        owner = f"finetune:{tuned.group(1)}"
        evidence.append(Evidence(lineage=owner, because="the owner in an `ft:` name"))
    return Lineage(
        name=name,
        hosts=hosts,
        lineages=tuple(sorted({item.lineage for item in evidence})),
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _peel(lowered: str, table: LineageTable) -> tuple[tuple[str, ...], str]:
    parts = re.split(r"/|(?<=\Aopenai):", lowered)
    count = 0
    while count < len(parts) - 1 and parts[count] in table.transports:
        count += 1
    return tuple(parts[:count]), "/".join(parts[count:])


def _direct(
    tokens: frozenset[str], context: frozenset[str], table: LineageTable
) -> Iterator[tuple[str, Evidence]]:
    for model_id, entry in table.models.items():
        because = None if tokens & set(entry.unless) else _reason(entry, tokens, context)
        if because is not None:
            yield model_id, Evidence(lineage=table.lineage_of(model_id), because=because)


def _reason(entry: ModelEntry, tokens: frozenset[str], context: frozenset[str]) -> str | None:
    for pattern in entry.names:
        if _stands(pattern, tokens):
            return f"the name {pattern!r}"
    for vendor in entry.vendors:
        if vendor in tokens:
            return f"the maker {vendor!r}"
    makers = sorted(context & set(entry.makers))
    for pattern in entry.names_with_maker if makers else ():
        if _stands(pattern, tokens):
            return f"the name {pattern!r} beside the maker {makers[0]!r}"
    return None


def _inherited(direct: dict[str, Evidence], table: LineageTable) -> Iterator[Evidence]:
    waiting, seen = list(direct), set(direct)
    while waiting:
        model_id = waiting.pop(0)
        for parent in table.models[model_id].parents:
            kind = parent.kind.replace("_", " ")
            yield Evidence(
                lineage=table.lineage_of(parent.to),
                because=f"{model_id} is {kind} {parent.to}",
                source=parent.source,
            )
            if parent.to not in seen:
                seen.add(parent.to)
                waiting.append(parent.to)


def _stands(pattern: str, tokens: frozenset[str]) -> bool:
    return all(_token_stands(part, tokens) for part in _tokens(pattern))


def _token_stands(part: str, tokens: frozenset[str]) -> bool:
    """Say whether a token stands there, alone or with a version glued to it."""
    if part in tokens:
        return True
    if len(part) < 2 or not part.isalpha():
        return False
    return any(
        token.startswith(part) and _VERSION.match(token, len(part)) is not None for token in tokens
    )


def _tokens(text: str) -> list[str]:
    return [token for token in _SEPARATORS.split(text) if token]
