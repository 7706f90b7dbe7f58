"""The Markdown form of a hand-written task: take it apart, and write it.

    ---
    front matter in YAML
    ---
    prose, if any

    ```input
    keys and values in YAML
    ```

    ```reference
    Subject: a line

    The body of the e-mail, or keys and values for an output of another kind.
    ```

    ```bad check=capacity why="It promises all ten."
    ...
    ```

Lines of a block stand as they are. A fence is longer than any run of backticks inside. What is
written by `to_markdown` is read back to an equal document, and written again to the same bytes.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from benchwright.errors import InputError
from benchwright.generators.adversarial import plainyaml
from benchwright.generators.adversarial.document import Document
from benchwright.tasks import Candidate, JsonObject

_ATTRIBUTE = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|\Z)')
_NEWLINE = re.compile(r"\r\n?")
_NOT_A_LINE = re.compile(r"[\r\x00]")
_BREAKS_INFO = re.compile(r"[`\x7f-\xa0\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block.

    Attributes:
        kind: First word of its info line.
        info: The rest of it.
        text: The lines inside, without the last line break.
        line: Line of the opening fence; the text begins on the next.
        is_closed: Whether a closing fence was found.
    """

    kind: str
    info: str
    text: str
    line: int
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file taken apart; `head` is None without front matter, `head_closed` if it never ends."""

    head: str | None
    head_closed: bool
    notes: str
    blocks: tuple[Block, ...]
    lines: int


def take_apart(text: str) -> Parts:
    """Return front matter, prose and blocks of a file; nothing is judged yet."""
    lines = _NEWLINE.sub("\n", text).split("\n")
    first_line, head, closed = 0, None, False
    if lines[0].rstrip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
        closed = end is not None
        first_line = len(lines) if end is None else end + 1
        head = "\n".join(lines[1 : end or len(lines)])
    blocks: list[Block] = []
    prose: list[str] = []
    at = first_line
    for begin, end in _fences("\n".join(lines[first_line:])):
        prose.append("\n".join(lines[at : first_line + begin]))
        at = first_line + end
        blocks.append(_block(lines, first_line + begin, at))
    prose.append("\n".join(lines[at:]))
    notes = "\n\n".join(stripped for piece in prose if (stripped := _trimmed(piece)))
    return Parts(head=head, head_closed=closed, notes=notes, blocks=tuple(blocks), lines=len(lines))


def _trimmed(text: str) -> str:
    return re.sub(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z", "", text) if text.strip() else ""


def _fences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first line and the line after the last of every block that is fenced.

    Source: CommonMark 0.31, section 4.5.
    """
    parser = MarkdownIt("commonmark").disable(["inline", "text_join"])
    for token in parser.parse(text):
        if token.type == "fence" and token.level == 0 and token.map:
            yield token.map[0], token.map[1]


def _block(lines: list[str], begin: int, end: int) -> Block:
    opening = lines[begin].lstrip(" ")
    indent = len(lines[begin]) - len(opening)
    mark = opening[0]
    fence = len(opening) - len(opening.lstrip(mark))
    kind, _, info = opening[fence:].strip().partition(" ")
    last = lines[end - 1].strip()
    closed = end - 1 > begin and set(last) == {mark} and len(last) >= fence
    inside = lines[begin + 1 : end - 1 if closed else end]
    pad = " " * indent
    return Block(
        kind=kind,
        info=info.strip(),
        text="\n".join(line.removeprefix(pad) for line in inside),
        line=begin + 1,
        is_closed=closed,
    )


def attributes(info: str) -> dict[str, str] | None:
    """Return what the info line of a block says, such as `check=capacity why="…"`; None if broken.

    A quoted value is a JSON string.
    """
    found: dict[str, str] = {}
    rest = info
    while rest := rest.strip():
        match = _ATTRIBUTE.match(rest)
        if match is None or match[1] in found:
            return None
        try:
            found[match[1]] = json.loads(match[2]) if match[2][0] == '"' else match[2]
        except ValueError:
            return None
        rest = rest[match.end() :]
    return found


def is_mail(text: str) -> bool:
    """Say whether the text of a block is an e-mail: a subject line, a blank line, a body."""
    first, _, rest = text.partition("\n")
    return (first == "Subject:" or first.startswith("Subject: ")) and rest.startswith("\n")


def read_mail(text: str) -> JsonObject:
    """Return an e-mail block as `{subject, body}`."""
    first, _, rest = text.partition("\n")
    return {"subject": first.removeprefix("Subject:").removeprefix(" "), "body": rest[1:]}


def to_markdown(document: Document) -> str:
    """Return the file of a document.

    Raises:
        InputError: If its notes hold a fenced block or a front-matter line of their own.
    """
    head = document.head.model_dump(mode="json", exclude_defaults=True)
    pieces = [f"---\n{plainyaml.dump(head)}---\n"]
    if document.notes:
        pieces.append(f"{document.notes}\n")
    pieces.append(_fenced("input", plainyaml.dump(document.input)))
    pieces.append(_fenced("reference", _output(document.reference)))
    pieces += [_candidate(candidate) for candidate in document.outputs]
    text = "\n".join(pieces)
    if take_apart(text).notes != document.notes:
        raise InputError(
            "the notes cannot stand beside the blocks: they open a block or an HTML comment",
            fix="write notes as plain paragraphs",
        )
    return text


def _candidate(candidate: Candidate) -> str:
    kind = "bad" if candidate.label == "fail" else "good"
    stated = {"check": candidate.check, "dimension": candidate.dimension, "why": candidate.why}
    info = [f"{name}={_quoted(name, value)}" for name, value in stated.items() if value is not None]
    return _fenced(" ".join((kind, *info)), _output(candidate.output))


def _quoted(name: str, value: str) -> str:
    if name != "why" and re.fullmatch(r"\w+", value, re.ASCII):
        return value
    written = json.dumps(value, ensure_ascii=False)
    return _BREAKS_INFO.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _output(output: JsonObject) -> str:
    subject, body = output.get("subject"), output.get("body")
    is_text = isinstance(subject, str) and isinstance(body, str)
    if set(output) == {"subject", "body"} and is_text and _fits_a_mail(str(subject), str(body)):
        return f"Subject:{' ' if subject else ''}{subject}\n\n{body}\n"
    text = plainyaml.dump(output)
    return json.dumps(output, ensure_ascii=False, indent=2) + "\n" if is_mail(text) else text


def _fits_a_mail(subject: str, body: str) -> bool:
    return "\n" not in subject and not _NOT_A_LINE.search(subject + body)


def _fenced(info: str, text: str) -> str:
    runs: list[str] = re.findall(r"`{3,}", text)
    fence = "`" * max([3, *(len(run) + 1 for run in runs)])
    return f"{fence}{info}\n{text}{fence}\n"
