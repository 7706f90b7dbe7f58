import pytest

numba = pytest.importorskip("numba", reason="numba is absent")


def test_where_no_folder_can_be_written_to_it_compiles_every_time(monkeypatch):
    from benchwright.contamination.machine_code import compiling

    asked = []
    real = numba.njit

    def njit(*functions, **options):
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(*functions, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert compiling()(lambda number: number + 1)(1) == 2
    assert asked[:2] == [{"nogil": True, "cache": True}, {"nogil": True}]
