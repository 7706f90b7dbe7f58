import pytest

from benchwright.contamination.scan import engines
from benchwright.contamination.scan.engines import MIN_COMPILED_BYTES, choose_engine
from benchwright.contamination.scan.reference import ReferenceEngine
from benchwright.errors import SetupError


@pytest.mark.parametrize(("name", "size"), [("python", 10**12), ("auto", MIN_COMPILED_BYTES - 1)])
def test_plain_python_where_asked_for_or_where_the_corpus_is_small(name, size):
    assert choose_engine(name, size).engine is ReferenceEngine


def test_without_numba_auto_is_plain_python_and_compiled_says_what_to_install(monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    assert choose_engine("auto", 10**12).engine is ReferenceEngine
    with pytest.raises(SetupError, match=r"needs numba\n  fix: pip install 'benchwright\[fast\]'"):
        choose_engine("compiled", 10)
