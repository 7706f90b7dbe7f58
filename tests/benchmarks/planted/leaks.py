"""Test tasks, what is a leak of one and what only looks like it, each in a record of a corpus.

A task family says how much of its words a task has for itself. A leak is a task in some rendering,
edited, moved or cut; a negative is a text that shares template, boilerplate, topic, words or a
part with a task and is none. Both are put into carriers: paragraphs of long documents, chats,
nested JSON, list items, wrapped comments and table cells.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from planted.prose import HAND_WRITTEN, ONCE, RULES, Prose

FAMILIES = {
    "own prose": 750,
    "rules and prose": 450,
    "template": 400,
    "template once": 100,
    "short": 200,
    "short template": 100,
}
TEMPLATES = 36
SHORT = ("short", "short template")
LEAKS_PER_KIND = 100
NEGATIVES = {
    "boilerplate": 2_000,
    "same template": 2_500,
    "template once": 1_500,
    "numbers changed": 1_500,
    "short template": 800,
    "same topic": 1_500,
    "30 % of a task": 1_000,
    "words shuffled": 600,
}
MIN_NUMBERS = 2
"""A twin differs in at least so many numbers: in one alone it is a copy with one word edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A test task, its family, what of it is no rules, and the template it was filled from."""

    id: str
    family: str
    text: str
    own: str
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A record: a leak of a task, or a negative, which has none; `kind` is its row in the table."""

    kind: str
    record: Any
    task: str | None = None


@dataclass
class Suite:
    """The tasks of a seed, and how they leak."""

    seed: int
    prose: Prose = field(init=False)
    tasks: list[Task] = field(init=False)

    def __post_init__(self) -> None:
        self.prose = Prose(self.seed)
        self._draw = self.prose.draw
        made = [self.prose.template() for _ in range(TEMPLATES - len(HAND_WRITTEN))]
        self._templates = [*HAND_WRITTEN, *made]
        once = (self.prose.template() for _ in range(FAMILIES["template once"]))
        self._once = iter([*ONCE, *once])
        self._short_templates = [self.prose.short_template() for _ in range(20)]
        seen: set[str] = set()
        self.tasks = []
        for family, count in FAMILIES.items():
            while count:
                rules, own, template = self._task(family)
                text = f"{rules} {own}".lstrip()
                if text not in seen:
                    seen.add(text)
                    name = f"t{len(self.tasks)}"
                    self.tasks.append(
                        Task(id=name, family=family, text=text, own=own, template=template)
                    )
                    count -= 1

    def leaks(self) -> Iterator[Planted]:
        """Yield leaks, a hundred of each kind."""
        long = [task for task in self.tasks if task.family not in SHORT]
        short = [task for task in self.tasks if task.family in SHORT]
        for kind, (change, carriers) in self._kinds().items():
            pool = short if kind.startswith("short") else long
            for task in self._draw.sample(pool, LEAKS_PER_KIND):
                record = self._draw.choice(carriers)(change(task.text))
                yield Planted(kind=kind, record=record, task=task.id)

    def negatives(self) -> Iterator[Planted]:
        """Yield negatives, so many of each kind as `NEGATIVES` says."""
        texts = {task.text for task in self.tasks}
        for kind, count in NEGATIVES.items():
            while count:
                text = self._negative(kind)
                if text and text not in texts:
                    yield Planted(kind=kind, record=self._draw.choice(self._carriers)(text))
                    count -= 1

    def filler(self) -> dict[str, str]:
        """Return an unrelated document; one in forty is long."""
        draw = self._draw
        words = draw.randint(3_000, 20_000) if draw.random() < 1 / 40 else draw.randint(80, 900)
        return {"text": self.prose.document(words)}

    def _task(self, family: str) -> tuple[str, str, str | None]:
        """Return the rules of a task, its own words, and its template."""
        prose, draw = self.prose, self._draw
        if family == "own prose":
            return "", prose.sentences(draw.randint(20, 110)), None
        if family == "rules and prose":
            return draw.choice(RULES), prose.sentences(draw.randint(20, 60)), None
        if family == "short":
            return "", prose.short(), None
        if family == "template":
            template = draw.choice(self._templates)
        elif family == "template once":
            template = next(self._once)
        else:
            template = draw.choice(self._short_templates)
        return "", prose.fill(template), template

    def _kinds(self) -> dict[str, tuple[Callable[[str], str], list[Callable[[str], Any]]]]:
        """Return by kind the change of the text and the carriers it may stand in."""
        every = self._carriers
        return {
            "paragraph": (str, [self._paragraph]),
            "inline": (str, [self._inline]),
            "chat": (str, [self._chat, self._shared_chat]),
            "nested JSON, list, table": (str, [self._nested, self._listed, self._table]),
            "normalised": (_normalised, every),
            "hidden letters": (self._with_hidden_letters, every),
            "1 % edited": (lambda text: self._edited(text, 0.01), every),
            "10 % edited": (lambda text: self._edited(text, 0.1), every),
            "20 % edited": (lambda text: self._edited(text, 0.2), every),
            "reordered": (self._reordered, every),
            "10 % edited, reordered": (
                lambda text: self._reordered(self._edited(text, 0.1)),
                every,
            ),
            "short": (lambda text: self._draw.choice((str, str.upper, _normalised))(text), every),
            "30 % missing": (self._cut, every),
            "short, one word edited": (lambda text: self._edited(text, 0.01), every),
        }

    def _negative(self, kind: str) -> str | None:
        prose, draw = self.prose, self._draw
        task = draw.choice(self.tasks)
        if kind == "boilerplate":
            return " ".join(draw.sample(RULES, draw.randint(1, 2)))
        if kind == "same template":
            return prose.fill(draw.choice(self._templates))
        if kind == "short template":
            return prose.fill(draw.choice(self._short_templates))
        if kind == "template once":
            return self._other_of_a_template(task) if task.family == "template once" else None
        if kind == "numbers changed":
            return self._other_numbers(task.text)
        if kind == "same topic":
            return prose.on_topic_of(task.text)
        words = task.own.split()
        if len(words) < 20:
            return None
        if kind == "30 % of a task":
            size = int(0.3 * len(words))
            start = draw.randint(0, len(words) - size)
            return " ".join(words[start : start + size])
        return " ".join(draw.sample(words, len(words)))

    def _other_of_a_template(self, task: Task) -> str | None:
        """Return another task of its template, all of whose slots differ."""
        return self.prose.fill(task.template) if task.template else None

    def _other_numbers(self, text: str) -> str | None:
        numbers = re.findall(r"\d+", text)
        if len(numbers) < MIN_NUMBERS:
            return None
        return re.sub(r"\d+", lambda m: self._another(m[0]), text)

    def _another(self, number: str) -> str:
        while (other := self.prose.number()) == number:
            pass
        return other

    def _edited(self, text: str, share: float) -> str:
        words = text.split()
        for place in self._draw.sample(range(len(words)), max(1, round(share * len(words)))):
            kind, other = self._draw.random(), self.prose.any_word()
            words[place] = other if kind < 0.6 else "" if kind < 0.8 else f"{words[place]} {other}"
        return " ".join(words)

    def _reordered(self, text: str) -> str:
        """Return its sentences in another order; a single one is cut in four."""
        parts = re.split(r"(?<=[.?!])\s+", text)
        if len(parts) < 3:
            words = text.split()
            size = max(5, -(-len(words) // 4))
            parts = [" ".join(words[at : at + size]) for at in range(0, len(words), size)]
        return " ".join(parts[::-1] if len(parts) < 3 else self._draw.sample(parts, len(parts)))

    def _cut(self, text: str) -> str:
        words = text.split()
        gone = int(0.3 * len(words))
        start = self._draw.randint(0, len(words) - gone)
        return " ".join([*words[:start], *words[start + gone :]])

    def _with_hidden_letters(self, text: str) -> str:
        """Return a text with zero-width spaces, soft hyphens, accents and look-alikes in it."""
        swaps = {"a": "\u0430", "e": "e\u0301", "o": "\u03bf", "r": "r\u200b", "t": "t\u00ad"}
        return "".join(swaps.get(c, c) if self._draw.random() < 0.3 else c for c in text)

    @property
    def _carriers(self) -> list[Callable[[str], Any]]:
        return [
            *(self._paragraph, self._inline, self._chat, self._shared_chat),
            *(self._nested, self._listed, self._table, self._wrapped),
        ]

    def _around(self, most: int = 400) -> str:
        words = self._draw.randint(4_000, 12_000) if self._draw.random() < 0.05 else 0
        return self.prose.document(words or self._draw.randint(40, most))

    def _paragraph(self, text: str) -> Any:
        return {"text": f"{self._around()}\n\n{text}\n\n{self._around()}", "lang": "en"}

    def _inline(self, text: str) -> Any:
        return {"url": "a.example/7", "content": f"{self._around()} {text} {self._around()}"}

    def _chat(self, text: str) -> Any:
        turns = (("system", RULES[1]), ("user", text), ("assistant", self._around(200)))
        return {"messages": [{"role": role, "content": held} for role, held in turns]}

    def _shared_chat(self, text: str) -> Any:
        turns = (("human", self._around(80)), ("gpt", "Go on."), ("human", text), ("gpt", "Sure."))
        return {"id": 7, "conversations": [{"from": who, "value": held} for who, held in turns]}

    def _nested(self, text: str) -> Any:
        parts = [{"kind": "text", "parts": [self._around(100), text]}, {"kind": "end", "n": 3}]
        return {"meta": {"source": {"page": 4}}, "data": {"turns": parts, "score": 0.5}}

    def _listed(self, text: str) -> Any:
        items = [self.prose.sentences(8), text, self.prose.sentences(8)]
        lines = "\n".join(f"{at}. {item}" for at, item in enumerate(items, 1))
        return {"text": f"{self._around()}\n\n{lines}\n\n{self._around()}"}

    def _table(self, text: str) -> Any:
        cells = [f"| {at} | {self.prose.sentences(6)} | {at * 3} |" for at in range(3)]
        lines = "\n".join([*cells, f"| 3 | {text} | 9 |", *cells])
        return {"body": f"{self._around()}\n{lines}", "format": "markdown"}

    def _wrapped(self, text: str) -> Any:
        words = text.split()
        lines = [" ".join(words[at : at + 9]) for at in range(0, len(words), 9)]
        return {"code": "\n".join([self._around(100), "", *lines, "", "return 0"])}


def _normalised(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def write_corpus(suite: Suite, path: Any, least_bytes: int) -> dict[int, Planted]:
    """Write leaks, negatives and filler in one JSON Lines file, in random order.

    Returns:
        What was planted, by line from 1.
    """
    draw = suite.prose.draw
    planted = [*suite.leaks(), *suite.negatives()]
    draw.shuffle(planted)
    lines = [json.dumps(p.record, ensure_ascii=at % 2 == 0) for at, p in enumerate(planted)]
    left = least_bytes - sum(map(len, lines))
    held: list[tuple[str, Planted | None]] = list(zip(lines, planted, strict=True))
    while left > 0:
        line = json.dumps(suite.filler())
        held.append((line, None))
        left -= len(line)
    draw.shuffle(held)
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line, _ in held)
    return {at: planted for at, (_, planted) in enumerate(held, 1) if planted is not None}
