"""Probe libraries: Markdown with one heading a probe and bold field names, as drafts of tasks.

    ## Category: over-promising
    ### P-009 — Ten engineers promised
    **Hypothesis:** what is expected to go wrong.
    **Ranking:** High

What a probe does not say stays a stub, so that lint names it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from benchwright.generators.adversarial.document import Document, FrontMatter
from benchwright.generators.adversarial.draft import TWIN_SUFFIX
from benchwright.generators.adversarial.tasks import fill, taxonomy_of
from benchwright.packs import Pack

MAX_NAME = 60
_PROBE = re.compile(r"#{2,5}\s+([A-Za-z]{1,10}-?\d{1,6})\s*(?:[—–:.-]\s*)?(\S.*)\Z")
_CATEGORY = re.compile(r"#{1,4}\s+Category:\s*(\S.*)\Z", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s")
_FIELD = re.compile(r"(?:[-*]\s+)?\*\*([^*:]{1,60}?)(?:\s*\([^)]*\))?:?\*\*:?\s*(.*)\Z")
_HARDNESS: dict[str, Literal["low", "medium", "high"]] = {
    "low": "low",
    "medium": "medium",
    "high": "high",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe: its id, title, category, the line of its heading, and its fields by name."""

    id: str
    title: str
    category: str
    line: int
    fields: dict[str, str]

    @property
    def name(self) -> str:
        """The name of its file, without suffix."""
        words = re.sub(r"[^a-z0-9]+", "_", f"{self.id} {self.title}".lower()).strip("_")
        return words[:MAX_NAME].rstrip("_")


def read_probes(text: str) -> Iterator[Probe]:
    """Yield the probes of a library, in its order."""
    category, heading, line = "", None, 0
    body: list[str] = []
    for number, raw in enumerate([*text.split("\n"), "# end"], 1):
        if not _HEADING.match(raw):
            body.append(raw)
            continue
        if heading is not None:
            yield Probe(
                id=heading[1],
                title=heading[2].strip(),
                category=category,
                line=line,
                fields=_fields(body),
            )
        named = _CATEGORY.match(raw)
        category = named[1].strip() if named else category
        heading, line, body = _PROBE.match(raw), number, []


def draft_of(probe: Probe, pack: Pack, *, pack_name: str, author: str, on: date) -> Document:
    """Return a probe as a draft: what it says as notes, and stubs for the rest.

    The dimension and the attack class are taken from the category where it is the name of one.
    """
    taxonomy = taxonomy_of(pack)
    known = probe.category in pack.spec.dimension_names()
    attack = taxonomy.find(probe.category)
    dimension = probe.category if known else attack.dimensions[0] if attack else None
    ranking = re.match(r"\w+", probe.fields.get("ranking", ""))
    return Document(
        head=FrontMatter(
            pack=pack_name,
            title=f"{probe.id} {probe.title}"[:200],
            dimension=dimension or f"TODO: one that fits {probe.category or 'it'}",
            attacks=(attack.name,) if attack else (),
            severity=_HARDNESS.get(ranking[0].lower() if ranking else "", "medium"),
            difficulty="medium",
            author=author,
            date=on,
            why_hard=probe.fields.get("hypothesis", "TODO: what makes an agent fail here"),
            twin=f"{probe.name}{TWIN_SUFFIX}",
            tags=(f"probe:{probe.id}", _to_settle(ranking is not None)),
        ),
        notes=_notes(probe),
        input=fill(pack, taxonomy.input, {}),
        reference=fill(pack, taxonomy.reference, {}),
    )


def _to_settle(is_ranked: bool) -> str:
    guesses = "difficulty" if is_ranked else "severity and difficulty"
    return f"TODO: say {guesses} above, which no probe states, and drop this tag"


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    name = "text"
    fenced = False
    for line in lines:
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        field = None if fenced else _FIELD.match(line)
        if field:
            name = field[1].strip().lower()
            found.setdefault(name, []).append(field[2])
        elif line.strip() != "---":
            found.setdefault(name, []).append(f"    {line}" if fenced else line)
    return {
        name: text for name, held in found.items() if (text := "\n".join(held).strip("\n").rstrip())
    }


def _notes(probe: Probe) -> str:
    left = {name: text for name, text in probe.fields.items() if name != "hypothesis"}
    return "\n\n".join(
        f"{name.capitalize()}:\n\n{text}"
        if text.startswith("    ")
        else f"{name.capitalize()}: {text}"
        for name, text in left.items()
    )
