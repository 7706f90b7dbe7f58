"""Lint hand-written files: each by itself, with its twin, and against one another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright.canonical import canonical_json
from benchwright.contamination.detector import Pair
from benchwright.contamination.masking import MaskedDetector
from benchwright.contamination.neighbours import Common, common_of
from benchwright.contamination.pool import task_item
from benchwright.contamination.views import View, to_view
from benchwright.errors import BenchwrightError
from benchwright.generators.adversarial.rules import RULES, LintFinding
from benchwright.packs import Pack
from benchwright.pipeline.adversarial_files import Shelf, TaskFile
from benchwright.tasks import JsonObject
from benchwright.words import leaf_texts

MAX_CHANGED_SHARE = 1 / 3
"""Of the values of task and twin together, so many may differ: the rest is equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """What lint found in the files it was given."""

    tasks: int
    twins: int
    findings: tuple[LintFinding, ...]

    def to_values(self) -> JsonObject:
        """Return the report as JSON values."""
        return {
            "tasks": self.tasks,
            "twins": self.twins,
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
        }


def lint_files(paths: Sequence[Path], shelf: Shelf) -> LintReport:
    """Return everything that is wrong with the files, in their order and by line."""
    files = [shelf.open(path) for path in paths]
    clones = find_clones([file for file in files if not file.is_twin])
    findings: list[LintFinding] = []
    for file in files:
        more = [*twin_findings(file, shelf), *clones.get(file.path, [])]
        own = [*file.reading.found.findings, *more]
        findings += sorted(own, key=lambda one: (one.line, one.rule, one.message))
    twins = sum(file.is_twin for file in files)
    return LintReport(tasks=len(files) - twins, twins=twins, findings=tuple(findings))


def twin_findings(file: TaskFile, shelf: Shelf) -> list[LintFinding]:
    """Return what is wrong between a file and the one that it names as twin."""
    head = file.reading.head
    name = (head.twin or head.twin_of) if head else None
    if head is None or name is None:
        return []
    line = file.reading.head_line("twin" if head.twin else "twin_of")
    path = file.path.parent / name
    if not path.is_file():
        return [_finding("A040", file, line, f"there is no file {name}")]
    try:
        other = shelf.open(path)
    except BenchwrightError as error:
        return [_finding("A040", file, line, f"{name} cannot be read: {error.message}")]
    back = other.reading.head
    if back is None:
        return [_finding("A040", file, line, f"{name} cannot be read")]
    if (back.twin_of if head.twin else back.twin) != file.path.name:
        return [_finding("A041", file, line, f"{name} does not name {file.path.name}")]
    if head.twin_of:
        return []
    return list(_pair_findings(file, other, line))


def _pair_findings(file: TaskFile, twin: TaskFile, line: int) -> Iterator[LintFinding]:
    name = twin.path.name
    task, other = file.reading.document, twin.reading.document
    if twin.reading.found.findings or other is None:
        found = twin.reading.found.sorted()
        first = f"line {found[0].line}: {found[0].rule} {found[0].message}" if found else "no task"
        yield _finding("A044", file, line, f"{name} is not sound: {first}")
    if task is None or other is None:
        return
    if task.input == other.input:
        yield _finding("A042", file, line, f"{name} has the same input")
        return
    for key in ("pack", "dimension"):
        mine, its = getattr(task.head, key), getattr(other.head, key)
        if mine != its:
            yield _finding("A043", file, line, f"{key} is {mine!r} here and {its!r} in {name}")
    share = changed_share(task.input, other.input)
    if share > MAX_CHANGED_SHARE:
        message = f"{share:.0%} of the input's values differ in {name}"
        yield _finding("A043", file, line, message)


def changed_share(task: JsonObject, twin: JsonObject) -> float:
    """Return which share of the values of two inputs, by their places, stands in one of them."""
    left, right = set(_leaves(task)), set(_leaves(twin))
    places = {place for place, _ in left | right}
    return 1 - len({place for place, _ in left & right}) / len(places) if places else 0.0


def changed_places(task: JsonObject, twin: JsonObject) -> list[tuple[str, str, str]]:
    """Return pointer, value in the task and value in the twin where the inputs differ."""
    left, right = dict(_leaves(task)), dict(_leaves(twin))
    return [
        (place, left.get(place, "(absent)"), right.get(place, "(absent)"))
        for place in dict.fromkeys((*left, *right))
        if left.get(place) != right.get(place)
    ]


def _leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{at}/{index}")
    else:
        yield at, value if isinstance(value, str) else canonical_json(value)


def find_clones(files: Sequence[TaskFile]) -> dict[Path, list[LintFinding]]:
    """Return, for the later file of a pair, the nearest earlier one that it is under masking."""
    known = [(file, file.task, file.pack) for file in files if file.task and file.pack]
    views = [to_view(task_item(task)) for _, task, _ in known if task]
    packs = {pack.sha256: pack for _, _, pack in known if pack}
    masked = frozenset(run for pack in packs.values() for run in common_wording(pack).masked)
    pairs = MaskedDetector(left_out=masked).compare(views, views).pairs
    nearest: dict[int, Pair] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.train, -pair.score, pair.test)):
        if pair.test < pair.train:
            nearest.setdefault(pair.train, pair)
    return {known[at][0].path: [_clone(known, views, pair)] for at, pair in nearest.items()}


def _clone(
    known: Sequence[tuple[TaskFile, object, object]], views: Sequence[View], pair: Pair
) -> LintFinding:
    earlier, later = known[pair.test][0], known[pair.train][0]
    equal = views[pair.test].text == views[pair.train].text
    how = "the same input as" if equal else f"under masking {pair.score:.2f} of"
    message = f"{how} {earlier.path.name}"
    line = later.reading.block_line("input")
    return _finding("A047" if equal else "A046", later, line, message)


def common_wording(pack: Pack) -> Common:
    """Return what all tasks of a pack may share: the texts among its constants."""
    return common_of(leaf_texts(pack.spec.constants))


def _finding(rule: str, file: TaskFile, line: int, message: str) -> LintFinding:
    return LintFinding(
        rule=rule, file=str(file.path), line=line, message=message, fix=RULES[rule][1]
    )
