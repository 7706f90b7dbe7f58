import os
import subprocess
import sys

import pytest

from benchwright.contamination.scan import compiled, engines
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


def test_a_compilation_is_told_the_first_time_alone(tmp_path):
    code = "from benchwright.contamination.scan.compiled import is_compiled; print(is_compiled())"
    kept = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert kept == ["False", "True"]


@pytest.mark.parametrize(("is_compiled", "told"), [(False, ["compiling"]), (True, [])])
def test_all_that_a_scan_calls_is_made_ready(monkeypatch, is_compiled, told):
    monkeypatch.setattr(compiled, "is_compiled", lambda: is_compiled)
    heard = []
    choose_engine("compiled", 0).prepare(lambda: heard.append("compiling"))
    assert heard == told
    assert compiled.json_kernel.scan_lines.signatures
    assert compiled.match_kernel.scan_rows.signatures
