import json

import numpy as np
import pytest

from benchwright.contamination.scan import saved
from benchwright.contamination.scan.index import index_texts
from benchwright.contamination.scan.saved import check_tasks, load_index, save_index
from benchwright.contamination.scan.tasks import to_tasks
from benchwright.contamination.sources import read_side
from benchwright.errors import ConfigError, InputError
from tests.contamination.scan.conftest import prose

TEXTS = (prose(1), prose(2), "a b")


@pytest.fixture
def kept(tmp_path):
    """A saved index, its file and the tasks it was made of."""

    def make(texts=TEXTS, name="index.npz"):
        path = tmp_path / "test.jsonl"
        path.write_text("".join(json.dumps({"input": text}) + "\n" for text in texts))
        tasks = to_tasks(read_side([path], role="test", stated={}), ())
        index = index_texts(tasks.texts, 8)
        save_index(tmp_path / name, index, tasks)
        return tmp_path / name, index, tasks

    return make


def test_a_saved_index_is_the_same_index(kept):
    path, index, tasks = kept()
    again, same = load_index(path, 8)
    assert same == tasks
    for name in saved._ARRAYS:
        assert np.array_equal(getattr(again, name), getattr(index, name))
    check_tasks(path, same, tasks)


def test_another_run_length_normaliser_or_test_file_is_refused(kept, monkeypatch):
    path, _, tasks = kept()
    with pytest.raises(ConfigError, match="built with run_words 8, this run uses 13"):
        load_index(path, 13)
    _, held = load_index(path, 8)
    _, _, other = kept((prose(3),), name="other.npz")
    with pytest.raises(ConfigError, match=r"built with files .*, this run uses"):
        check_tasks(path, held, other)
    with pytest.raises(ConfigError, match="built with canaries"):
        check_tasks(
            path,
            held,
            saved.TestTasks(ids=tasks.ids, texts=tasks.texts, canaries=("x",), side=tasks.side),
        )
    monkeypatch.setattr(saved, "NORMALISER", "bw-fold-9")
    with pytest.raises(ConfigError, match="built with normaliser bw-fold-1"):
        load_index(path, 8)


def _changed(path, **arrays):
    with np.load(path) as held:
        np.savez(path, **({name: held[name] for name in held} | arrays))


@pytest.mark.parametrize(
    "name", ["token_starts", "task_starts", "slot_starts", "slot_words", "holder_task"]
)
def test_arrays_that_do_not_fit_are_refused(kept, name):
    path, index, _ = kept()
    wrong = getattr(index, name).copy()
    wrong[-1] += 40
    _changed(path, **{name: wrong})
    with pytest.raises(InputError, match="not a whole index"):
        load_index(path, 8)
    _changed(path, **{name: np.array([{"a": 1}], object)})
    with pytest.raises(InputError, match="not a whole index"):
        load_index(path, 8)


def test_a_file_that_is_no_index_is_refused(tmp_path):
    for data in (b"", b"PK\x03\x04torn", b"hello"):
        (tmp_path / "i.npz").write_bytes(data)
        with pytest.raises(InputError, match="not a whole index"):
            load_index(tmp_path / "i.npz", 8)


def test_an_index_that_lost_a_byte_is_refused_wherever_it_stood(kept):
    path, _, _ = kept()
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 200):
        path.write_bytes(whole[:place] + whole[place + 1 :])
        with pytest.raises(InputError, match="not a whole index"):
            load_index(path, 8)
