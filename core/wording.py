"""What does a pack itself say? Every text of it that can reach the input of a task, with blanks.

The wording of a template is its fixed text; what a row fills in is a blank, written `[...]`. Values
of the vocabulary and constants are wording, too. Nothing that is drawn or computed for one row is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from benchwright.packs import Pack
from benchwright.yamlfile import read_yaml_value

BLANK = "[...]"
_FIRST_WORD = re.compile(r"\A\w+")
_LAST_WORD = re.compile(r"\w+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One text of a pack, its blanks marked, and the file of the pack that it stands in."""

    text: str
    file: str


def pack_wording(pack: Pack) -> tuple[Wording, ...]:
    """Return what a pack can say in the input of a task, each text once, file by file."""
    held: dict[str, Wording] = {}
    trees: list[nodes.Node] = []
    texts = list(_texts_of(pack, trees))
    marks = sorted({mark for tree in trees for mark in _marks(tree)}, key=len, reverse=True)
    for file, text in texts:
        for mark in marks:
            text = re.sub(rf"{re.escape(mark)}\w*", f" {BLANK} ", text)
        plain = " ".join(text.split())
        if re.search(r"\w", plain.replace(BLANK, "")):
            held.setdefault(plain, Wording(text=plain, file=file))
    return tuple(held.values())


def _marks(tree: nodes.Node) -> Iterator[str]:
    """Yield what a `replace` filter replaces: it is a blank in a text of the vocabulary."""
    for node in tree.find_all(nodes.Filter):
        if node.name == "replace" and node.args:
            first = node.args[0]
            if isinstance(first, nodes.Const) and re.fullmatch(r"\W\w+", str(first.value)):
                yield str(first.value)


def _texts_of(pack: Pack, trees: list[nodes.Node]) -> Iterator[tuple[str, str]]:
    for path in pack.families:
        family = read_yaml_value(path)[0]
        choices = [slot.get("values") for slot in family["slots"].values()]
        for text in _leaves(pack, trees, [choices, family.get("derived"), family["input"]]):
            yield f"families/{path.name}", text
    for text in _leaves(pack, trees, pack.spec.constants):
        yield "pack.yaml", text
    for name, source in sorted(pack.texts.items()):
        trees.append(pack.renderer.environment.parse(source))
        for text in _said(trees[-1]):
            yield f"texts/{name}", text
    for name, values in sorted(pack.vocab.items()):
        for text in _leaves(pack, trees, values):
            yield f"vocab/{name}.yaml", text


def _leaves(pack: Pack, trees: list[nodes.Node], value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(pack, trees, part)
    elif isinstance(value, str):
        if value.startswith("="):
            trees.append(pack.renderer.environment.parse_expression(value[1:]))
        elif "{{" in value or "{%" in value:
            trees.append(pack.renderer.environment.parse(value))
        else:
            yield value
            return
        yield from _said(trees[-1])


def _said(node: nodes.Node) -> Iterator[str]:
    """Yield the texts of a template or an expression, those inside a blank of another, too."""
    parts = _parts(node)
    if parts:
        yield _with_blanks(parts)
        inner: Sequence[nodes.Node] = [part for part in parts if _fixed(part) is None]
    else:
        if isinstance(node, nodes.Const):
            yield from _strings(node.value)
        inner = _sayable(node)
    for part in inner:
        yield from _said(part)


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts of a constant; Jinja folds a list of constants into one."""
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
    elif isinstance(value, str):
        yield value


def _parts(node: nodes.Node) -> Sequence[nodes.Node]:
    """Return what a node prints one after the other; nothing for a node of another kind."""
    if isinstance(node, nodes.Output):
        return [p for p in node.nodes if not (isinstance(p, nodes.Filter) and p.name == "_charge")]
    if isinstance(node, nodes.Filter) and node.name == "_concat" and node.node:
        return list(node.node.iter_child_nodes())
    return ()


def _with_blanks(parts: Sequence[nodes.Node]) -> str:
    """Return the fixed parts with a blank for each other; a word cut by a blank is part of it."""
    texts = [_fixed(part) for part in parts]
    for place, text in enumerate(texts):
        if text is not None:
            if place and texts[place - 1] is None:
                text = _FIRST_WORD.sub("", text)
            if texts[place + 1 : place + 2] == [None]:
                text = _LAST_WORD.sub("", text)
            texts[place] = text
    return "".join(f" {BLANK} " if text is None else text for text in texts)


def _fixed(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return node.value
    return None


def _sayable(node: nodes.Node) -> list[nodes.Node]:
    """Return the children whose value can become text: no conditions, keys or arguments."""
    if isinstance(node, nodes.Compare | nodes.Test):
        return []
    if isinstance(node, nodes.Filter):
        return [node.node] if node.node else []
    if isinstance(node, nodes.Getitem):
        return [node.node]
    if isinstance(node, nodes.Pair):
        return [node.value]
    if isinstance(node, nodes.If):
        return [*node.body, *node.elif_, *node.else_]
    return list(node.iter_child_nodes())
