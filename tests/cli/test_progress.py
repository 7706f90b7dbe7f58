from benchwright.cli import progress
from benchwright.cli.progress import Progress


def test_bytes_are_told_once_a_minute_with_rate_and_time_left(monkeypatch, capsys):
    now = 1000.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    shown = Progress(quiet=False)
    shown.bytes_stage("scanning", 9_000_000_000)
    now += 30
    shown.advance(1_000_000_000)
    assert capsys.readouterr().err == ""
    now += 30
    shown.advance(2_000_000_000)
    said = "scanning: 3,000 of 9,000 MB, 50 MB/s, 120 s left\n"
    assert capsys.readouterr().err == said
