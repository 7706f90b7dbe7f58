"""Find and load a pack: a folder of YAML and Jinja2 texts that says what tasks are about.

Everything a pack can show to a template is read here, once, into memory; nothing outside its
folder is ever opened. A pack may come from anybody.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from benchwright.attacks import AttackTaxonomy
from benchwright.canonical import canonical_json, sha256_hex
from benchwright.errors import ConfigError, Place, nearest
from benchwright.render import Renderer
from benchwright.tasks import JsonObject, Record
from benchwright.yamlfile import read_yaml, read_yaml_value

ATTACKS_FILE = "adversarial.yaml"
MAX_FILES = 2_000
MAX_FILE_BYTES = 2 * 2**20

_BARE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_SUFFIX_IN = {"families": ".yaml", "texts": ".j2", "vocab": ".yaml"}


class DimensionSpec(Record):
    """One thing that the pack's tasks test."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    question: str


class PackSpec(Record):
    """What `pack.yaml` says.

    Attributes:
        as_of: The day on which the pack's world stands still; every date is relative to it.
        constants: Values that templates see as `pack`.
        trace: Settings for the miner of traces; absent where the pack has no trace tasks.
    """

    schema_version: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: str
    description: str
    output: Literal["email", "agent"]
    as_of: date
    dimensions: Annotated[tuple[DimensionSpec, ...], Field(min_length=1)]
    constants: dict[str, Any] = {}
    trace: JsonObject | None = None

    def dimension_names(self) -> list[str]:
        """Return the names of the dimensions, in the order of the file."""
        return [dimension.name for dimension in self.dimensions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A loaded pack.

    Attributes:
        families: Paths of the family files, sorted by name.
        attacks: What `adversarial.yaml` says; absent where the pack has no such file.
        vocab: Content of `vocab/<name>.yaml` by name.
        texts: Content of `texts/<name>` by name.
        sha256: Hash over the names and hashes of all files.
        file_sha256s: Hash of each file by its path inside the pack.
        renderer: Parses the pack's texts and expressions.
    """

    name: str
    spec: PackSpec
    root: Path
    families: tuple[Path, ...]
    attacks: AttackTaxonomy | None
    vocab: Mapping[str, Any]
    texts: Mapping[str, str]
    sha256: str
    file_sha256s: Mapping[str, str]
    renderer: Renderer

    def at(self, as_of: date | None) -> "Pack":
        """Return the pack with another date, or unchanged for None."""
        if as_of is None or as_of == self.spec.as_of:
            return self
        return replace(self, spec=self.spec.model_copy(update={"as_of": as_of}))


def load_pack(name_or_path: str, *, base: Path) -> Pack:
    """Load a built-in pack by name, or one from a path.

    Args:
        name_or_path: A bare name is built-in; anything with a `/` or that starts with a `.` is a
            folder.
        base: Folder that a relative path starts from.

    Raises:
        ConfigError: If there is no such pack, a file of it is not valid, or something in the
            folder leads out of it; with file, line and fix.
    """
    root = _find_root(name_or_path, base)
    contents = {path: _read(root / path, path) for path in _find_files(root)}
    spec_path = root / "pack.yaml"
    spec = read_yaml(spec_path, PackSpec)
    if spec.name != root.name:
        raise ConfigError(
            f"the pack calls itself {spec.name!r} but its folder is {root.name!r}",
            fix="give both the same name",
            place=Place(file=str(spec_path), field="name"),
        )
    _refuse_twice(spec, spec_path)
    texts = {
        path.removeprefix("texts/"): _decode(data, root / path)
        for path, data in contents.items()
        if path.startswith("texts/")
    }
    vocab = {
        Path(path).stem: read_yaml_value(root / path)[0]
        for path in contents
        if path.startswith("vocab/")
    }
    hashes = {path: sha256_hex(data) for path, data in contents.items()}
    return Pack(
        name=spec.name,
        spec=spec,
        root=root,
        families=tuple(root / path for path in contents if path.startswith("families/")),
        attacks=_attacks(root, spec) if ATTACKS_FILE in contents else None,
        vocab=vocab,
        texts=texts,
        sha256=sha256_hex(canonical_json(hashes)),
        file_sha256s=hashes,
        renderer=Renderer(texts, texts_folder=str(root / "texts")),
    )


def built_in_names() -> list[str]:
    """Return the names of the packs that come with benchwright, sorted."""
    folder = _built_in_folder()
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if (path / "pack.yaml").is_file())


def _built_in_folder() -> Path:
    return Path(str(files("benchwright.templates"))) / "packs"


def _attacks(root: Path, spec: PackSpec) -> AttackTaxonomy:
    path = root / ATTACKS_FILE
    attacks = read_yaml(path, AttackTaxonomy)
    known = spec.dimension_names()
    for index, one in enumerate(attacks.classes):
        for name in one.dimensions:
            if name not in known:
                raise ConfigError(
                    f"attack class {one.name!r} names the unknown dimension {name!r}",
                    fix=nearest(name, known),
                    place=Place(file=str(path), field=f"classes[{index}].dimensions"),
                )
    return attacks


def _find_root(name_or_path: str, base: Path) -> Path:
    if "/" not in name_or_path and not name_or_path.startswith("."):
        root = _built_in_folder() / name_or_path
        if not _BARE_NAME.match(name_or_path) or not (root / "pack.yaml").is_file():
            raise ConfigError(
                f"no built-in pack {name_or_path!r}",
                fix=f"{nearest(name_or_path, built_in_names())} (a folder is named ./folder)",
            )
        return root
    root = (base / name_or_path).resolve()
    if not (root / "pack.yaml").is_file():
        raise ConfigError(
            f"no pack at {name_or_path!r}: the folder has no pack.yaml",
            fix=f"correct the path; it starts from {base}",
        )
    return root


def _find_files(root: Path) -> Iterator[str]:
    """Yield the path of every file of the pack, sorted; hidden files are passed over."""
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in [*folders, *names]:
            _refuse_link(Path(folder) / name)
        found += [
            (Path(folder) / name).relative_to(root).as_posix()
            for name in names
            if not name.startswith(".")
        ]
        if len(found) > MAX_FILES:
            raise ConfigError(
                f"the pack holds more than {MAX_FILES} files",
                fix="name the folder of the pack itself, and keep other files out of it",
                place=Place(file=str(root)),
            )
    for path in sorted(found):
        _refuse_stray(root, path)
        yield path


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise ConfigError(
            f"a symbolic link (to {path.readlink()}): a pack reads nothing outside its folder",
            fix="put the file itself there",
            place=Place(file=str(path)),
        )


def _refuse_stray(root: Path, path: str) -> None:
    folder, _, name = path.partition("/")
    suffix = _SUFFIX_IN.get(folder)
    nested = "/" in name and folder in ("families", "vocab")
    if name and suffix and (not name.endswith(suffix) or nested):
        raise ConfigError(
            f"{name!r} is not read: {folder}/ holds {suffix} files, none in a sub-folder",
            fix="rename it, or move it out of the pack",
            place=Place(file=str(root / path)),
        )


def _read(path: Path, name: str) -> bytes:
    if not path.is_file():
        raise ConfigError(
            f"{name!r} is not a plain file", fix="remove it", place=Place(file=str(path))
        )
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(
            f"a file of more than {MAX_FILE_BYTES // 2**20} MiB",
            fix="split it",
            place=Place(file=str(path)),
        )
    return data


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            fix="save the file as UTF-8",
            place=Place(file=str(path), line=data.count(b"\n", 0, error.start) + 1),
        ) from error


def _refuse_twice(spec: PackSpec, path: Path) -> None:
    names = spec.dimension_names()
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"dimension {name!r} stands twice",
                fix="keep one",
                place=Place(file=str(path), field="dimensions"),
            )
