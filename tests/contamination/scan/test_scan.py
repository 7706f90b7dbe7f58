import gzip
import json
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from benchwright.errors import ConfigError, InputError
from tests.contamination.scan.conftest import prose

TASKS = [prose(seed) for seed in range(12)]
CLEAN = [prose(seed, 60) for seed in range(100, 140)]


def places(report):
    """Return (task, file name, line, row or byte) of every quoted match."""
    return {
        (finding.id, Path(match.place.file).name, match.place.line or match.place.row)
        for finding in report.found
        for match in finding.best
    }


def test_a_clean_corpus_is_clean_and_every_planted_copy_was_found(scan, corpus):
    report = scan(TASKS, corpus("a.jsonl", CLEAN))
    assert (report.verdict, report.reasons, report.findings) == ("clean", (), 0)
    assert (report.records, report.tokens) == (40, 40 * 60)
    assert {p.kind for p in report.plants} >= {"copy", "case_and_punctuation", "embedded"}
    assert all(p.found == p.planted > 0 for p in report.plants)
    assert all(0 < p.recall_low < p.recall_high <= 1 for p in report.plants)


@pytest.mark.parametrize(
    "leak",
    [
        TASKS[3],
        TASKS[3].upper().replace(" ", ";\n"),
        {"messages": [{"role": "user", "content": [prose(900), f"so: {TASKS[3]}!"]}]},
        " ".join(TASKS[3].split()[10:18]),
        TASKS[3].replace("a", "а").replace("o", "ο"),
        "\u200b".join(TASKS[3]),
        "\u00ad".join(TASKS[3]),
        TASKS[3].replace("e", "é"),
        TASKS[3].replace(" ", "\u2028"),
        f"😀 {TASKS[3].replace(' ', ' 😀 ')}",
    ],
)
def test_a_copy_is_found_however_it_is_dressed(scan, corpus, leak):
    report = scan(TASKS, corpus("a.jsonl", [*CLEAN[:5], leak, *CLEAN[5:9]]))
    assert report.verdict == "flagged"
    assert places(report) == {("t3", "a.jsonl", 6)}


def test_seven_shared_words_are_not_reported_and_eight_are(scan, corpus):
    words = TASKS[3].split()
    for size, verdict in ((7, "clean"), (8, "flagged")):
        record = f"xq {' '.join(words[5 : 5 + size])} qx"
        assert scan(TASKS, corpus("a.jsonl", [*CLEAN[:9], record])).verdict == verdict


@pytest.mark.parametrize(
    "text",
    [
        "请把下面这段关于港口延误的说明翻译成英文并检查数字是否一致",
        "اكتب رسالة قصيرة إلى مكتب الميناء حول صناديق الليمون المتأخرة هذا الأسبوع",
        "כתוב הודעה קצרה למשרד הנמל על ארגזי הלימון המאחרים של השבוע הזה",
        "港のオフィスに遅れているレモンの木箱について短いメモを書いてください",
    ],
)
def test_scripts_without_spaces_or_from_right_to_left_are_found(scan, corpus, text):
    report = scan([text, TASKS[0]], corpus("a.jsonl", [*CLEAN[:5], f"前{text}后"]))
    assert places(report) == {("t0", "a.jsonl", 6)}
    match = report.found[0].best[0]
    [(start, end)] = match.left.spans
    assert match.left.text[start:end] == text


def test_a_match_says_how_much_is_shared_and_quotes_both_sides(scan, corpus):
    words = TASKS[3].split()
    record = f"{prose(1001, 300)} Well: {' '.join(words[10:22]).upper()}! {prose(1002, 300)}"
    [finding] = scan(TASKS, corpus("a.jsonl", [record, record])).found
    match = finding.best[0]
    assert (finding.id, finding.records, finding.runs) == ("t3", 2, 33)
    assert (match.shared_runs, match.longest_run_words) == (5, 12)
    assert match.coverage == pytest.approx(5 / 33, abs=1e-6)
    for excerpt, shared in (
        (match.left, " ".join(words[10:22])),
        (match.right, " ".join(words[10:22]).upper()),
    ):
        [(start, end)] = excerpt.spans
        assert excerpt.text[start:end] == shared
        assert len(excerpt.text) <= 600


def test_three_best_records_are_quoted_and_all_are_written_down(scan, corpus, tmp_path):
    words = TASKS[3].split()
    parts = [" ".join(words[: 8 + size]) for size in (0, 3, 9, 1, 5)]
    report = scan(TASKS, corpus("a.jsonl", parts), state=tmp_path / "s")
    [finding] = report.found
    assert [match.place.line for match in finding.best] == [3, 5, 2]
    assert (finding.records, report.findings, report.flagged_records) == (5, 5, 5)
    exact = {"containment": 0.0}
    [held] = (tmp_path / "s" / "findings").iterdir()
    assert [json.loads(line) for line in held.read_text().splitlines()] == [
        {"line": n, "task": "t3", "shared_runs": runs, "longest_run_words": runs + 7} | exact
        for n, runs in enumerate((1, 4, 10, 2, 6), start=1)
    ]


def test_words_that_many_tasks_share_are_a_passage_and_no_finding(scan, corpus):
    boiler = prose(777, 15)
    tasks = [f"{boiler} {text}" for text in TASKS]
    report = scan(tasks, corpus("a.jsonl", [*CLEAN[:5], f"x {boiler} y", f"x {boiler} z"]))
    assert (report.verdict, report.findings) == ("clean", 0)
    [passage] = report.passages
    assert (passage.text, passage.tasks, passage.records) == (boiler, 12, 2)
    assert passage.first.line == 6


def test_a_copy_with_its_passage_has_full_coverage(scan, corpus):
    boiler = prose(777, 15)
    tasks = [f"{boiler} {text}" for text in TASKS]
    report = scan(tasks, corpus("a.jsonl", [tasks[4]]))
    finding = max(report.found, key=lambda found: found.best_coverage)
    assert (finding.id, finding.best_coverage, finding.longest_run_words) == ("t4", 1.0, 55)


def test_tasks_that_are_all_passage_cannot_be_told_apart(scan, corpus):
    report = scan([prose(777, 15)] * 9 + TASKS, corpus("a.jsonl", [prose(777, 15)]))
    assert report.verdict == "inconclusive"
    assert len(report.indistinct) == 9


def test_a_short_task_is_found_whole_and_a_shorter_one_proves_nothing(scan, corpus):
    short = "teka vosi lorn mink suls"
    assert scan([short], corpus("a.jsonl", [f"x {short} y"])).verdict == "flagged"
    assert scan([short], corpus("a.jsonl", CLEAN)).verdict == "clean"
    report = scan(["teka vosi lorn mink", *TASKS], corpus("a.jsonl", CLEAN))
    assert (report.verdict, report.too_short) == ("inconclusive", ("t0",))


def test_a_canary_is_found_and_one_of_too_few_words_is_refused(scan, corpus):
    guid = "2f1c0a52-9d0e-4d7e-8a55-0c4f7a1be913"
    path = corpus("a.jsonl", [*CLEAN[:3], f"canary GUID {guid.upper()}."])
    report = scan(TASKS, path, canaries=[guid])
    assert places(report) == {(f"canary {guid}", "a.jsonl", 4)}
    with pytest.raises(ConfigError, match="has 1 words, below 5"):
        scan(TASKS, path, canaries=["CANARY"])


def _rewritten(path, ending):
    """Write the same records in another format; return the path."""
    path = Path(path)
    data, other = path.read_bytes(), path.with_suffix(ending)
    if ending.endswith(".gz"):
        half = data.index(b"\n", len(data) // 2) + 1
        other.write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))
    elif ending.endswith(".zst"):
        half, pack = len(data) // 2, zstandard.ZstdCompressor().compress
        other.write_bytes(pack(data[:half]) + pack(data[half:]))
    else:
        texts = [json.loads(line)["text"] for line in data.splitlines()]
        table = {"n": list(range(len(texts))), "text": texts}
        if ending == ".nested.parquet":
            table["turns"] = [[{"said": text}] for text in table.pop("text")]
        pq.write_table(pa.table(table), other, row_group_size=7)
    path.unlink()
    return str(other)


@pytest.mark.parametrize("ending", [".jsonl.gz", ".ndjson.zst", ".parquet", ".nested.parquet"])
def test_every_format_gives_the_same_findings(scan, corpus, ending):
    records = [*CLEAN[:12], f"x {TASKS[3]}", *CLEAN[12:20], TASKS[5][:100], TASKS[3]]
    plain = corpus("a.jsonl", records)
    expected = scan(TASKS, plain)
    report = scan(TASKS, _rewritten(plain, ending))
    assert report.verdict == "flagged"
    assert (report.records, report.findings) == (expected.records, expected.findings)
    assert {(t, n) for t, _, n in places(report)} == {(t, n) for t, _, n in places(expected)}
    quotes = [
        [[(m.left, m.right.text[-90:]) for m in f.best] for f in r.found]
        for r in (report, expected)
    ]
    assert [[m[0] for m in f] for f in quotes[0]] == [[m[0] for m in f] for f in quotes[1]]
    assert all(p.found == p.planted > 0 for p in report.plants)


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("block", [64, 1000, 2**20])
def test_a_text_file_is_one_record_whatever_the_block(scan, tmp_path, packing, block):
    body = f"\ufeff{prose(1001, 700)}\n{TASKS[3]}, {prose(1002, 500)} {TASKS[5]} {TASKS[3]}"
    path = tmp_path / f"a.txt{packing}"
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}
    path.write_bytes(pack[packing](body.encode()))
    report = scan(TASKS, str(path), block_bytes=block)
    assert (report.records, report.tokens, report.findings) == (1, 1320, 2)
    assert [f.id for f in report.found] == ["t3", "t5"]
    for finding in report.found:
        match = finding.best[0]
        task = TASKS[int(finding.id[1:])]
        assert (match.coverage, match.place.byte) == (1, body.encode().index(task.encode()))
        start, end = match.right.spans[0]
        assert match.right.text[start:end] == task
    assert all(p.found == p.planted > 0 for p in report.plants)


@pytest.mark.parametrize(
    ("workers", "block", "unit"), [(1, 2**20, 2**26), (4, 700, 2**16), (3, 5000, 2**17)]
)
def test_the_report_does_not_depend_on_how_the_work_is_cut(scan, corpus, workers, block, unit):
    records = [prose(seed, 200) for seed in range(2000, 2300)]
    for at in range(0, 300, 7):
        records[at] = f"{prose(3000 + at, 30)} {TASKS[at % 12]} {prose(4000 + at, at * 3)}"
    paths = [corpus("b.jsonl", records), corpus("a.jsonl", records[::-1]), corpus("e.jsonl", [])]
    assert Path(paths[0]).stat().st_size > 4 * 2**16
    first = scan(TASKS, paths).to_json()
    again = scan(TASKS, paths[::-1], workers=workers, block_bytes=block, unit_bytes=unit)
    assert again.to_json() == first
    assert again.findings == 86


def test_a_line_longer_than_blocks_and_units_is_one_record(scan, corpus):
    long = f"{prose(1001, 60_000)} {TASKS[3]} {prose(1002, 60_000)}"
    path = corpus("a.jsonl", [*CLEAN[:3], long, CLEAN[4], TASKS[5]])
    report = scan(TASKS, path, block_bytes=512, unit_bytes=2**16)
    assert report.records == 6
    assert places(report) == {("t3", "a.jsonl", 4), ("t5", "a.jsonl", 6)}
    short = scan(TASKS, path, block_bytes=512, unit_bytes=2**16, max_line_bytes=4096)
    assert (short.records, short.failed_records) == (6, 1)
    assert short.first_failed[0].place.line == 4
    assert places(short) == {("t5", "a.jsonl", 6)}


def test_what_cannot_be_read_is_counted_with_its_line_and_is_not_clean(scan, corpus):
    path = corpus("a.jsonl", CLEAN[:2])
    with Path(path).open("ab") as out:
        out.write(b"\r\n\n" + b"[" * 600 + b"]" * 600 + b"\n")
        out.write(b'{"text": "\xff\xfe"}\n{"text": "nul \x00"}\n{"a": 1}\r\n{"text": "to')
    report = scan(TASKS, path)
    assert report.verdict == "inconclusive"
    assert (report.records, report.failed_records) == (7, 4)
    assert [(f.place.line, f.reason) for f in report.first_failed] == [
        (5, "nested deeper than 512"),
        (6, "not UTF-8"),
        (7, "not JSON"),
        (9, "not JSON"),
    ]
    assert scan(TASKS, path, allow_inconclusive="known").verdict == "waived"


def test_duplicate_ids_stay_two_tasks_and_line_ends_do_not_matter(scan, corpus, tmp_path):
    path = tmp_path / "c.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(json.dumps({"t": t}).encode() for t in TASKS))
    report = scan(TASKS, str(path))
    assert len(report.found) == 12
    assert {match.place.line for f in report.found for match in f.best} == set(range(1, 13))


@pytest.mark.parametrize("records", [[], [{"text": ""}]])
def test_a_corpus_without_text_is_inconclusive_or_empty_but_never_clean(scan, corpus, records):
    report = scan(TASKS, corpus("a.jsonl", records), fields=("body",))
    assert report.verdict == "inconclusive"


def test_a_field_selects_and_a_wrong_one_is_inconclusive(scan, corpus):
    path = corpus("a.jsonl", [{"text": CLEAN[0], "meta": {"note": TASKS[3]}}])
    assert scan(TASKS, path).verdict == "flagged"
    assert scan(TASKS, path, fields=("text",)).verdict == "clean"
    assert scan(TASKS, path, fields=("meta", "text")).verdict == "flagged"
    report = scan(TASKS, path, fields=("body",))
    assert report.verdict == "inconclusive"
    assert "no record has a field named body" in report.reasons
    parquet = _rewritten(corpus("b.jsonl", CLEAN[:3]), ".parquet")
    assert "no record has a field named body" in scan(TASKS, parquet, fields=("body",)).reasons


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst", ".txt.zst", ".parquet"])
def test_a_torn_shard_has_failed_and_the_others_are_kept(scan, corpus, ending):
    torn = Path(_rewritten(corpus("torn.jsonl", CLEAN), ending))
    torn.write_bytes(torn.read_bytes()[:-9])
    report = scan(TASKS, [str(torn), corpus("z.jsonl", [TASKS[3]])])
    assert [shard.failed is not None for shard in report.shards] == [True, False]
    assert "broken" in report.shards[0].failed
    assert report.verdict == "flagged"
    assert scan(TASKS, str(torn)).verdict == "inconclusive"


def test_a_shard_that_may_not_be_read_has_failed(scan, corpus, monkeypatch):
    path = corpus("a.jsonl", CLEAN)
    opened = Path.open

    def refuse(self, *args, **kwargs):
        if str(self) == path:
            raise PermissionError(13, "Permission denied", path)
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    assert scan(TASKS, path).shards[0].failed == "cannot be read: Permission denied"


def test_names_that_match_nothing_or_are_not_read_are_errors(scan, corpus, tmp_path):
    (tmp_path / "x.csv").write_text("a")
    with pytest.raises(InputError, match=r"in \.csv is not read\n  fix: give one of \.jsonl"):
        scan(TASKS, str(tmp_path / "x.csv"))
    with pytest.raises(InputError, match="matches none"):
        scan(TASKS, str(tmp_path / "no*.jsonl"))
    corpus("sub/a.jsonl", CLEAN)
    corpus("b.jsonl", [TASKS[3]])
    (tmp_path / "corpus" / "c.csv").write_text("a")
    folder = str(tmp_path / "corpus")
    report = scan(TASKS, [folder, f"{folder}/**/*.jsonl"])
    assert [Path(shard.name).name for shard in report.shards] == ["b.jsonl", "a.jsonl"]
    assert [Path(name).name for name in report.not_scanned] == ["c.csv"]


def test_finished_shards_are_kept_and_changed_ones_are_scanned_again(scan, corpus, tmp_path):
    paths = [corpus("a.jsonl", CLEAN), corpus("b.jsonl", [TASKS[3]])]
    state = {"state": tmp_path / "s"}
    first = scan(TASKS, paths, **state)
    held = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "s/shards").iterdir()}
    os.utime(paths[1])
    assert scan(TASKS, paths, **state).to_json() == first.to_json()
    again = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "s/shards").iterdir()}
    assert again == held
    Path(paths[1]).write_text(json.dumps({"text": TASKS[4]}) + "\n")
    assert places(scan(TASKS, paths, **state)) == {("t4", "b.jsonl", 1)}


def test_a_state_of_another_scan_is_refused_and_says_what_differs(scan, corpus, tmp_path):
    path, state = corpus("a.jsonl", CLEAN), {"state": tmp_path / "s"}
    scan(TASKS, path, run_words=13, **state)
    with pytest.raises(ConfigError, match="built with run_words 13, this run uses 8"):
        scan(TASKS, path, **state)
    with pytest.raises(ConfigError, match="built with other tasks"):
        scan(TASKS[:3], path, run_words=13, **state)
    with pytest.raises(ConfigError, match="fields all values, this run uses text"):
        scan(TASKS, path, run_words=13, fields=("text",), **state)
    assert scan(TASKS, path, resume=False, **state).run_words == 8
    shutil.rmtree(tmp_path / "s")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("x")
    with pytest.raises(ConfigError, match="no folder of a scan"):
        scan(TASKS, path, **state)


def test_an_interrupted_scan_stops_and_goes_on_later(scan, corpus, tmp_path):
    paths = [corpus(f"{n}.jsonl", [*CLEAN, TASKS[n]]) for n in range(6)]

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(TASKS, paths, state=tmp_path / "s", advance=interrupt)
    again = scan(TASKS, paths, state=tmp_path / "s")
    assert again.to_json() == scan(TASKS, paths).to_json()
