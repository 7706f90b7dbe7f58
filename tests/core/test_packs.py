"""Packs from anywhere: what loads, and what is refused with its place."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from benchwright.errors import ConfigError
from benchwright.packs import built_in_names, load_pack

TINY = Path(__file__).parent.parent / "generators" / "fixtures" / "packs" / "tiny"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "packs" / "tiny"))


def _load(root: Path):
    return load_pack(f"packs/{root.name}", base=root.parent.parent)


def _replace(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_a_pack_is_loaded_whole_from_a_relative_path(root):
    pack = _load(root)
    assert pack.name == "tiny"
    assert [path.name for path in pack.families] == ["offer.yaml"]
    assert pack.vocab["sources"]["jobs"][0] == "the careers page"
    assert set(pack.texts) == {"parts.j2", "signed.j2"}
    assert pack.spec.as_of == date(2026, 10, 5)
    assert pack.at(date(2027, 1, 1)).spec.as_of == date(2027, 1, 1)
    assert set(pack.file_sha256s) == {
        "pack.yaml",
        "families/offer.yaml",
        "texts/parts.j2",
        "texts/signed.j2",
        "vocab/sectors.yaml",
        "vocab/sources.yaml",
    }


def test_the_hash_covers_every_file_and_no_path(root, tmp_path):
    before = _load(root).sha256
    elsewhere = shutil.copytree(root, tmp_path / "other" / "packs" / "tiny")
    assert _load(elsewhere).sha256 == before
    _replace(root / "texts" / "signed.j2", "Regards", "Kind regards")
    assert _load(root).sha256 != before


def test_every_built_in_pack_loads():
    for name in built_in_names():
        assert load_pack(name, base=Path()).name == name


@pytest.mark.parametrize("name", ["tenacious_outbuond", "no-such-pack", "Tiny", "a.b"])
def test_an_unknown_name_says_how_a_folder_is_named(name):
    with pytest.raises(ConfigError, match=rf"no built-in pack '{name}'(.|\n)*\./folder"):
        load_pack(name, base=Path())


@pytest.mark.parametrize("path", ["./nowhere", "../nowhere", "packs"])
def test_a_folder_without_a_pack_is_refused(tmp_path, path):
    with pytest.raises(ConfigError, match=r"no pack at|no built-in pack"):
        load_pack(path, base=tmp_path)


def test_a_symlink_is_refused_wherever_it_stands(root, tmp_path):
    secret = tmp_path / "secret.j2"
    secret.write_text("do not read")
    (root / "texts" / "secret.j2").symlink_to(secret)
    with pytest.raises(ConfigError, match=r"secret\.j2: a symbolic link"):
        _load(root)


def test_a_symlinked_folder_is_refused(root, tmp_path):
    (tmp_path / "more").mkdir()
    (root / "families" / "more").symlink_to(tmp_path / "more")
    with pytest.raises(ConfigError, match="a symbolic link"):
        _load(root)


def test_what_is_no_plain_file_is_refused(root):
    os.mkfifo(root / "texts" / "pipe.j2")
    with pytest.raises(ConfigError, match="not a plain file"):
        _load(root)


@pytest.mark.parametrize(
    "name",
    [
        "adversarial/a.txt",
        "adversarial/sub/a.md",
        "families/offer.yml",
        "texts/a.txt",
        "vocab/a.json",
        "families/sub/a.yaml",
    ],
)
def test_a_file_that_would_not_be_read_is_an_error_not_a_surprise(root, name):
    (root / name).parent.mkdir(exist_ok=True, parents=True)
    (root / name).write_text("x: 1\n")
    with pytest.raises(ConfigError, match="is not read"):
        _load(root)


def test_its_hand_written_tasks_are_found_by_name(root):
    assert _load(root).hand_written == ()
    (root / "adversarial").mkdir()
    for name in ("b.md", "a.twin.md", "a.md"):
        (root / "adversarial" / name).write_text("x")
    names = [path.name for path in _load(root).hand_written]
    assert names == ["a.md", "a.twin.md", "b.md"]


def test_notes_and_hidden_files_beside_them_do_no_harm(root):
    (root / "README.md").write_text("about this pack")
    (root / "families" / ".offer.yaml.swp").write_bytes(b"\xff\x00")
    assert _load(root).name == "tiny"


def test_an_unknown_key_names_its_line_and_the_nearest_key(root):
    _replace(root / "pack.yaml", "as_of:", "as_off:")
    with pytest.raises(ConfigError, match=r"pack\.yaml:6 \(as_off\): unknown key(.|\n)*'as_of'"):
        _load(root)


def test_a_pack_that_calls_itself_otherwise_is_refused(root):
    _replace(root / "pack.yaml", "name: tiny", "name: other")
    with pytest.raises(ConfigError, match="calls itself 'other'"):
        _load(root)


def test_a_dimension_named_twice_is_refused(root):
    _replace(root / "pack.yaml", "name: grounding", "name: capacity")
    with pytest.raises(ConfigError, match="dimension 'capacity' stands twice"):
        _load(root)


def test_a_broken_text_is_found_when_the_pack_is_loaded(root):
    (root / "texts" / "unused.j2").write_text("fine\n{{ ''.__class__ }}\n")
    with pytest.raises(ConfigError, match=r"texts/unused\.j2:2: private attribute"):
        _load(root)


def test_a_text_that_is_not_utf8_names_the_byte(root):
    (root / "texts" / "latin.j2").write_bytes(b"a\nb\xe9c")
    with pytest.raises(ConfigError, match=r"latin\.j2:2: not UTF-8: byte 0xe9"):
        _load(root)


def test_a_huge_file_is_refused(root):
    (root / "vocab" / "huge.yaml").write_text("- x\n" * 700_000)
    with pytest.raises(ConfigError, match=r"huge\.yaml: a file of more than 2 MiB"):
        _load(root)


def test_a_yaml_alias_bomb_in_the_vocabulary_is_refused(root):
    (root / "vocab" / "bomb.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    with pytest.raises(ConfigError, match=r"bomb\.yaml:1 \(b\[0\]\): a YAML alias"):
        _load(root)
