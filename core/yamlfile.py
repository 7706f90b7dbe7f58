"""Read one YAML file into a frozen model, naming the line and field of everything wrong.

Aliases, duplicate keys and tags are refused: a config says each thing once, in plain values.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from benchwright.errors import ConfigError, Place, nearest

Model = TypeVar("Model", bound=BaseModel)
FieldPath = tuple[str | int, ...]


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Return the file's content as `model`.

    Raises:
        ConfigError: For broken YAML, an unknown or repeated key, or a value of the wrong type;
            all bad fields of one file are reported together, each with line and field.
    """
    value, lines = read_yaml_value(path)
    return validate_value(value, model, path=path, lines=lines)


def validate_value(
    value: Any,
    model: type[Model],
    *,
    path: Path,
    lines: dict[FieldPath, int],
    at: FieldPath = (),
) -> Model:
    """Return a value read from `path` as `model`; `at` is where in the file it stands.

    Raises:
        ConfigError: For every bad field, with its line.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _config_error(error, model, path, lines, at) from error


def read_yaml_value(path: Path) -> tuple[Any, dict[FieldPath, int]]:
    """Return the plain value of a YAML file and the 1-based line of each field path."""
    return parse_yaml(_read_text(path), path=path)


def parse_yaml(
    text: str,
    *,
    path: Path,
    first_line: int = 1,
    loader: type[yaml.SafeLoader] = yaml.SafeLoader,
) -> tuple[Any, dict[FieldPath, int]]:
    """Return the plain value of YAML text and the line of each field path.

    Args:
        text: A whole file or a part of one.
        path: The file, for messages.
        first_line: Line of the file on which the text begins.
        loader: Decides which plain scalars are numbers, booleans and null.

    Raises:
        ConfigError: For broken YAML, a repeated key, an alias, a tag, or an empty text.
    """
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if error.context_mark and "<stream end>" in str(error.problem):
            mark = error.context_mark
        line = mark.line + first_line if mark else None
        raise ConfigError(
            f"broken YAML: {error.problem}",
            fix="mend the indentation, quotes or brackets at this line",
            place=Place(file=str(path), line=line),
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(
            f"broken YAML: {error}", fix="save the file as plain text", place=Place(file=str(path))
        ) from error
    except RecursionError as error:
        raise ConfigError(
            "nested too deeply to read", fix="flatten the file", place=Place(file=str(path))
        ) from error
    if node is None:
        raise ConfigError("the file is empty", fix="see README.md", place=Place(file=str(path)))
    lines: dict[FieldPath, int] = {}
    value = _Plain(path, lines, text, first_line).convert(node, ())
    return value, lines


class _Plain:
    """Turns YAML nodes into plain values and remembers their lines."""

    def __init__(self, path: Path, lines: dict[FieldPath, int], text: str, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._lines = lines
        self._seen: set[int] = set()
        self._scalars = yaml.SafeLoader(text)

    def convert(self, node: yaml.Node, field: FieldPath) -> Any:
        self._lines[field] = node.start_mark.line + self._first_line
        if id(node) in self._seen:
            raise self._error(node, field, "a YAML alias", "write the value out again")
        self._seen.add(id(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            raise self._error(node, field, f"the tag {node.tag!r}", "write a plain value")
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, field))
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, (*field, i)) for i, item in enumerate(node.value)]
        try:
            value = self._scalars.construct_object(node)
            if isinstance(value, str):
                value.encode()
            return value
        except (yaml.YAMLError, ValueError) as error:
            raise self._error(node, field, f"bad value {node.value!r}", "quote it") from error

    def _pairs(self, node: yaml.MappingNode, field: FieldPath) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(key_node, field, "a key that is not text", "use a plain key")
            key = str(key_node.value)
            if key in keys:
                raise self._error(key_node, (*field, key), f"key {key!r} stands twice", "keep one")
            keys.add(key)
            yield key, self.convert(value_node, (*field, key))
            self._lines[(*field, key)] = key_node.start_mark.line + self._first_line

    def _error(self, node: yaml.Node, field: FieldPath, message: str, fix: str) -> ConfigError:
        place = Place(
            file=str(self._path),
            line=node.start_mark.line + self._first_line,
            field=dotted(field) or None,
        )
        return ConfigError(message, fix=fix, place=place)


def dotted(field: FieldPath) -> str:
    """Return a field path as `author.trace.sources[0]`."""
    text = ""
    for part in field:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def line_of(field: FieldPath, lines: dict[FieldPath, int]) -> int | None:
    """Return the line of a field, or of the nearest enclosing field that has one."""
    while field and field not in lines:
        field = field[:-1]
    return lines.get(field)


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise ConfigError("no such file", fix="check the path", place=Place(file=str(path)))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"not UTF-8: byte 0x{error.object[error.start]:02x} at offset {error.start}",
            fix="save the file as UTF-8",
            place=Place(file=str(path), line=error.object.count(b"\n", 0, error.start) + 1),
        ) from error
    except PermissionError as error:
        raise ConfigError(
            "the file may not be read", fix="change its permissions", place=Place(file=str(path))
        ) from error


def _config_error(
    error: ValidationError,
    model: type[BaseModel],
    path: Path,
    lines: dict[FieldPath, int],
    at: FieldPath,
) -> ConfigError:
    problems = []
    fixes = []
    for detail in error.errors():
        loc = tuple(detail["loc"])
        field = (*at, *loc)
        place = Place(file=str(path), line=line_of(field, lines), field=dotted(field))
        message = _plain_message(dict(detail))
        problems.append(f"{place}: {message}")
        if detail["type"] == "extra_forbidden":
            known = known_keys(model, loc[:-1])
            fixes.append(f"{loc[-1]}: {nearest(str(loc[-1]), known)}")
    fix = "; ".join(fixes) if fixes else "correct the fields named above"
    return ConfigError("\n".join(problems), fix=fix)


def _plain_message(detail: dict[str, Any]) -> str:
    if detail["type"] == "extra_forbidden":
        return f"unknown key {detail['loc'][-1]!r}"
    if detail["type"] == "missing":
        return "this key is missing"
    shown = repr(detail["input"])
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    message = detail["msg"].removeprefix("Value error, ")
    return f"{message} (got {shown})"


def known_keys(model: type[BaseModel], field: FieldPath) -> list[str]:
    """Return the keys that `model` allows at a field path; empty where it allows any."""
    current: Any = model
    for part in field:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        info = current.model_fields.get(part)
        current = _model_in(info.annotation) if info else None
        if current is None:
            return []
    return list(getattr(current, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
