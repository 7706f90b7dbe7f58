"""Read labelled pairs from a file, and say everything that is wrong with it at once."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from benchwright.calibration import Half, LabelledPair, PairSet
from benchwright.errors import InputError, Place
from benchwright.files import BadLine, read_lines

MAX_SHOWN_ERRORS = 20


def read_pairs(path: Path) -> tuple[LabelledPair, ...]:
    """Return the labelled pairs of a JSON Lines file, every one with its half.

    Raises:
        InputError: If a line is no such pair, an id comes twice, or a text or source stands in
            both halves; all lines that are wrong are named.
    """
    pairs: list[LabelledPair] = []
    places: list[Place] = []
    wrong: list[str] = []
    for line in read_lines(path):
        if isinstance(line, BadLine):
            wrong.append(f"{line.place}: {line.reason}")
            continue
        place = Place(file=str(path), line=line.number)
        try:
            pairs.append(_with_half(LabelledPair.model_validate(line.value)))
            places.append(place)
        except ValidationError as error:
            wrong += _problems(error, place)
    wrong += _contradictions(pairs, places)
    if not pairs and not wrong:
        wrong.append(f"{path}: no pair")
    if wrong:
        more = len(wrong) - MAX_SHOWN_ERRORS
        shown = [*wrong[:MAX_SHOWN_ERRORS], *([f"and {more} more"] if more > 0 else [])]
        raise InputError(
            "\n".join(shown),
            fix="each line needs id, kind, label (leak or no_leak), left and right; half (a or b), "
            "made (rule or hand) and sources may follow (core/schemas/labelled_pair.json)",
        )
    return tuple(pairs)


def pair_set(pairs: Sequence[LabelledPair], *, file: str | None) -> PairSet:
    """Return which pairs these are: their number and the sha256 of their canonical lines."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(f"{pair.to_json()}\n".encode())
    halves = [pair.half for pair in pairs]
    return PairSet(
        file=file,
        sha256=digest.hexdigest(),
        pairs=len(pairs),
        half_a=halves.count("a"),
        half_b=halves.count("b"),
    )


def _with_half(pair: LabelledPair) -> LabelledPair:
    if pair.half is not None:
        return pair
    name = pair.sources[0] if pair.sources else pair.left
    half: Half = "b" if hashlib.sha256(name.encode()).digest()[0] % 2 else "a"
    return pair.model_copy(update={"half": half})


def _problems(error: ValidationError, place: Place) -> Iterable[str]:
    for detail in error.errors():
        field = ".".join(map(str, detail["loc"])) or None
        where = Place(file=place.file, line=place.line, field=field)
        got = f" (got {str(detail['input'])[:60]!r})" if detail["type"] != "missing" else ""
        yield f"{where}: {detail['msg']}{got}"


def _contradictions(pairs: Sequence[LabelledPair], places: Sequence[Place]) -> Iterable[str]:
    """Yield every id that comes twice and every left text or source of both halves."""
    ids: dict[str, Place] = {}
    halves: dict[tuple[str, str], tuple[Half | None, Place]] = {}
    for pair, place in zip(pairs, places, strict=True):
        first = ids.setdefault(pair.id, place)
        if first is not place:
            yield f"{place} (id): {pair.id!r} stands in line {first.line} already"
        names = [("left", pair.left), *(("sources", source) for source in pair.sources)]
        for field, name in names:
            half, where = halves.setdefault((field, name), (pair.half, place))
            if half != pair.half:
                yield (
                    f"{place} ({field}): {name[:40]!r} is in half {pair.half}, and in half {half} "
                    f"in line {where.line}"
                )
