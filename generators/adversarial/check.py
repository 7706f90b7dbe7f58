"""Does a file fit its pack? Dimension, attack classes, outputs, and the pack's own checks."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchwright.attacks import AttackTaxonomy
from benchwright.errors import ConfigError, Place, nearest
from benchwright.generators.adversarial.document import Document, FrontMatter
from benchwright.generators.adversarial.markdown import attributes
from benchwright.generators.adversarial.read import ReadBlock, Reading
from benchwright.generators.adversarial.tasks import base_checks, taxonomy_of
from benchwright.generators.programmatic.tree import refuse_unknown_shape
from benchwright.packs import Pack
from benchwright.yamlfile import FieldPath

MIN_WHY_WORDS = 8
_STUB = re.compile(r"\b(?:TODO|FIXME|TBD|XXX+)\b")


def check_head(reading: Reading, pack: Pack) -> None:
    """Add what keeps the front matter from fitting its pack."""
    head, found = reading.head, reading.found
    if head is None:
        return
    taxonomy = taxonomy_of(pack)
    dimensions = pack.spec.dimension_names()
    if head.dimension not in dimensions:
        line = reading.head_line("dimension")
        fix = nearest(head.dimension, dimensions)
        found.add("A009", line, f"pack {pack.name!r} has no dimension {head.dimension!r}", fix)
    _check_attacks(reading, head, taxonomy)
    for at, text in _texts(head.model_dump(mode="json", exclude_defaults=True)):
        if _STUB.search(text):
            found.add("A007", reading.head_line(*at), f"{'.'.join(map(str, at))} is still {text!r}")
    if len(head.why_hard.split()) < MIN_WHY_WORDS and not head.twin_of:
        number = len(head.why_hard.split())
        found.add("A013", reading.head_line("why_hard"), f"why_hard has {number} words")
    if not head.twin and not head.twin_of:
        found.add("A014", 1, "no twin is named")
    for name in ("attacks", "tags"):
        for value, times in Counter(getattr(head, name)).items():
            if times > 1:
                found.add("A034", reading.head_line(name), f"{value!r} stands {times} times")


def _check_attacks(reading: Reading, head: FrontMatter, taxonomy: AttackTaxonomy) -> None:
    found = reading.found
    line = reading.head_line("attacks")
    if bool(head.attacks) == bool(head.twin_of):
        message = "a twin has no attack classes" if head.twin_of else "no attack class is named"
        found.add("A012", line, message)
    classes = []
    for index, name in enumerate(head.attacks):
        one = taxonomy.find(name)
        if one is None:
            fix = nearest(name, taxonomy.names())
            found.add("A010", reading.head_line("attacks", index), f"no class {name!r}", fix)
        else:
            classes.append(one)
    if classes and all(head.dimension not in one.dimensions for one in classes):
        tested = sorted({name for one in classes for name in one.dimensions})
        names = " and ".join(one.name for one in classes)
        message = f"{names} tests {', '.join(tested)}, not {head.dimension}"
        found.add("A011", line, message)


def _texts(value: Any, at: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*at, index))


def check_blocks(reading: Reading, pack: Pack) -> None:
    """Add what keeps the blocks from fitting the pack and one another."""
    document, found = reading.document, reading.found
    if document is None:
        return
    for read in (reading.blocks["reference"], *reading.outputs):
        _check_shape(reading, read, pack)
    for read in (*reading.blocks.values(), *reading.outputs):
        _check_stubs(reading, read)
    if not document.is_twin and not any(one.label == "fail" for one in document.outputs):
        found.add("A020", reading.block_line("reference"), "there is no bad block")
    dimensions = pack.spec.dimension_names()
    for read, output in zip(reading.outputs, document.outputs, strict=True):
        if output.dimension is not None and output.dimension not in dimensions:
            fix = nearest(output.dimension, dimensions)
            found.add("A027", read.block.line, f"no dimension {output.dimension!r}", fix)
        stubbed = has_stub(output.output)
        if output.label == "fail" and output.output == document.reference and not stubbed:
            found.add("A031", read.block.line, "the bad output is the reference")
    _check_repeats(reading, document)
    _check_base(reading, document, pack)


def _check_stubs(reading: Reading, read: ReadBlock) -> None:
    kind = read.block.kind
    why = (attributes(read.block.info) or {}).get("why", "")
    if _STUB.search(why):
        reading.found.add("A007", read.block.line, f"the {kind} block's why is still {why!r}")
    for number, line in enumerate(read.block.text.split("\n"), read.block.line + 1):
        if stub := _STUB.search(line):
            shown = line[stub.start() :].rstrip("'\"},] ")
            reading.found.add("A007", number, f"the {kind} block still holds {shown!r}")


def has_stub(value: Any) -> bool:
    """Say whether a text of a value is still to be written."""
    return any(_STUB.search(text) for _, text in _texts(value))


def _check_shape(reading: Reading, read: ReadBlock, pack: Pack) -> None:
    try:
        refuse_unknown_shape(read.value, pack.spec.output, Place())
    except ConfigError as error:
        reading.found.add("A023", read.block.line, error.message)


def _check_repeats(reading: Reading, document: Document) -> None:
    for number, output in enumerate(document.outputs):
        if any(other.output == output.output for other in document.outputs[:number]):
            line = reading.outputs[number].block.line
            reading.found.add("A032", line, "the same output stands in a block above")


def _check_base(reading: Reading, document: Document, pack: Pack) -> None:
    try:
        base = base_checks(document, pack)
    except ConfigError as error:
        line = reading.block_line("input")
        reading.found.add("A030", line, f"a check of the pack does not fit: {error.message}")
        return
    kinds = [check.kind for check in (*base, *document.head.checks)]
    for read, output in zip(reading.outputs, document.outputs, strict=True):
        if output.check is not None and output.check not in kinds:
            fix = nearest(output.check, set(kinds))
            reading.found.add(
                "A028", read.block.line, f"no check {output.check!r} in the rubric", fix
            )
