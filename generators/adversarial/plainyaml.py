"""YAML as a person writes it and JSON means it: what is no JSON number, `true`, `false` or `null`
is text. So `no`, `10:30`, `007` and `2026-10-05` stay the words they are.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from benchwright.errors import ConfigError, Place
from benchwright.tasks import JsonObject
from benchwright.yamlfile import FieldPath, parse_yaml

_NUMBER = r"-?(?:0|[1-9]\d*)"
_INT = re.compile(rf"{_NUMBER}\Z")
_FLOAT = re.compile(rf"{_NUMBER}(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)\Z")
_KINDS = (
    ("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), "tf"),
    ("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""]),
    ("tag:yaml.org,2002:int", _INT, "-0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-0123456789"),
)
_UNSAFE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
WIDTH = 96


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: dict[str, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal values out each time: aliases are not read."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list below their key."""
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not re.search(r"[ \t]\n|\A\s|[ \t]\Z", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


for _tag, _pattern, _first in _KINDS:
    _Loader.add_implicit_resolver(_tag, _pattern, list(_first))
    _Dumper.add_implicit_resolver(_tag, _pattern, list(_first))
_Dumper.add_representer(str, _text_node)


def load(text: str, *, path: Path, first_line: int) -> tuple[Any, dict[FieldPath, int]]:
    """Return the value of a piece of YAML or JSON, and the line of each field path.

    Raises:
        ConfigError: If it is broken, says a key twice, or uses aliases or tags; with its line.
    """
    if text.lstrip().startswith("{"):
        value = _load_json(text)
        if value is not None:
            return value, {(): first_line}
    value, lines = parse_yaml(f"{text}\n", path=path, first_line=first_line, loader=_Loader)
    return value, lines


def dump(value: JsonObject) -> str:
    """Return an object as YAML that `load` reads back to an equal object; it ends in a newline.

    Text with characters that YAML has no plain form for makes the whole object JSON, which YAML
    holds.
    """
    as_json = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    if _UNSAFE.search(as_json) or not value:
        return re.sub(_UNSAFE, _escaped, as_json)
    written: str = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=WIDTH,
    )
    return written


def as_object(value: Any, *, path: Path, line: int, what: str) -> JsonObject:
    """Return a value that must be an object.

    Raises:
        ConfigError: If it is none.
    """
    if isinstance(value, dict):
        return value
    raise ConfigError(
        f"{what} is a {type(value).__name__}, not keys with values",
        fix="write `key: value` lines",
        place=Place(file=str(path), line=line),
    )


def _load_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except ValueError:
        return None


def _once(pairs: list[tuple[str, Any]]) -> JsonObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
