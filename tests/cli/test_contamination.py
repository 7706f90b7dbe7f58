import json

import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError

LONG = "please write a short note to the harbour office about the late crates of lemons"
OTHER = "describe how the museum should answer when a visitor asks for a refund in May"


@pytest.fixture
def check(tmp_path):
    """Run `contamination check` on two lists of rows and return exit status and report."""

    def run(test, train, *flags):
        for name, rows in (("test", test), ("train", train)):
            (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
        words = ["contamination", "check", "--test", str(tmp_path / "test.jsonl")]
        words += ["--train", str(tmp_path / "train.jsonl"), *flags]
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    return run


@pytest.mark.parametrize(
    ("train", "status", "verdict"),
    [(OTHER, 0, "clean"), (f"chat: {LONG.title()}!", 1, "flagged"), ("no", 1, "inconclusive")],
)
def test_exit_status_and_verdict_agree(check, train, status, verdict):
    done = check([{"id": "h", "input": LONG}], [{"id": "t", "input": train}])
    assert (done.exit_code, f"verdict: {verdict}" in done.output) == (status, True)
    found = json.loads(check([{"input": LONG}], [{"input": train}], "--json").stdout)
    assert found["verdict"] == verdict


def test_a_finding_names_the_pair_and_the_words(check):
    output = check([{"id": "h7", "input": LONG}], [{"id": "t9", "input": f"x {LONG}"}]).output
    assert "h7 ~ t9" in output
    assert LONG in output
    assert "input=input (guessed)" in output


def test_a_waiver_prints_its_reason_and_passes(check):
    done = check([{"input": "a b"}], [{"input": OTHER}], "--allow-inconclusive", "titles only")
    assert done.exit_code == 0
    assert "waived: inconclusive: titles only" in done.output
    assert "verdict: waived" in done.output


def test_an_unreadable_row_is_named_and_is_not_clean(check, tmp_path):
    check([], [])
    (tmp_path / "test.jsonl").write_text(json.dumps({"input": LONG}) + "\n")
    (tmp_path / "train.jsonl").write_text(json.dumps({"input": OTHER}) + '\n{"input": "to')
    words = ["--test", str(tmp_path / "test.jsonl"), "--train", str(tmp_path / "train.jsonl")]
    done = CliRunner().invoke(cli, ["contamination", "check", *words])
    assert done.exit_code == 1
    assert "1 rows could not be read" in done.output
    assert "train.jsonl:2" in done.output.replace("\n", "")


def test_show_marks_the_shared_words(check, tmp_path):
    report = str(tmp_path / "report.json")
    check([{"id": "h", "input": LONG}], [{"id": "t", "input": f"x {LONG}"}], "--report", report)
    shown = CliRunner().invoke(cli, ["contamination", "show", report, "h"])
    assert f"x [[{LONG}]]" in shown.output
    wrong = CliRunner().invoke(cli, ["contamination", "show", report, "hh"])
    assert "no finding of 'hh'" in str(wrong.exception)


def test_embeddings_find_what_is_said_in_other_words(check, tmp_path):
    told = "Write a brief note to the harbour office concerning the lemon crates that are late."
    cache = str(tmp_path / "vectors")
    done = check(
        [{"input": LONG}], [{"input": told}], "--embeddings", "--vector-cache", cache, "--json"
    )
    runs = {run["check"]: run for run in json.loads(done.stdout)["contamination"]["runs"]}
    assert (runs["exact"]["status"], runs["embedding"]["status"]) == ("clean", "flagged")
    assert len(runs["embedding"]["params"]["model_sha256"]) == 64
    assert list((tmp_path / "vectors").iterdir())


def test_embeddings_that_nobody_asked_for_are_shown_as_not_run(check):
    done = check([{"input": LONG}], [{"input": OTHER}], "--json")
    runs = {run["check"]: run for run in json.loads(done.stdout)["contamination"]["runs"]}
    assert runs["embedding"]["status"] == "not_run"
    assert "--embeddings" in runs["embedding"]["reason"]


def test_a_model_without_embeddings_is_refused(check):
    with pytest.raises(ConfigError, match="add --embeddings"):
        check([{"input": LONG}], [{"input": OTHER}], "--model", "somewhere")


def test_a_model_that_is_not_there_is_not_run_and_not_clean(check):
    done = check([{"input": LONG}], [{"input": OTHER}], "--embeddings", "--model", "no/such-model")
    assert done.exit_code == 1
    assert "verdict: inconclusive" in done.output


def test_every_format_names_the_pair_and_the_verdict(check, tmp_path):
    names = ("report", "html", "markdown", "sarif", "junit")
    flags = [word for name in names for word in (f"--{name}", str(tmp_path / name))]
    check([{"id": "h7", "input": LONG}], [{"id": "t9", "input": f"x {LONG}"}], *flags)
    for name in names:
        text = (tmp_path / name).read_text()
        assert "h7" in text, name
        assert "t9" in text, name
        assert "flagged" in text.lower(), name


def test_the_published_sets_give_the_known_figures(check, shared):
    def report(name, *flags):
        folder = shared / "data" / name
        words = ["--test", str(folder / "held_out.jsonl"), "--train", str(folder / "train.jsonl")]
        done = CliRunner().invoke(cli, ["contamination", "check", *words, "--json", *flags])
        return done.exit_code, json.loads(done.stdout)

    def tasks(found, check):
        runs = {run["check"]: run for run in found["contamination"]["runs"]}
        return len({match["left_id"] for match in runs[check]["matches"]})

    status, v01 = report("tenacious-bench-v0.1", "--methods", "exact,ngram,minhash,masked")
    assert (status, v01["verdict"], tasks(v01, "ngram")) == (0, "clean", 0)
    status, synth = report("tenacious-bench-synth")
    assert (status, tasks(synth, "ngram"), tasks(synth, "minhash")) == (1, 13, 0)
    assert (tasks(synth, "masked"), tasks(synth, "containment")) == (13, 1)
    status, short = report("tenacious-bench-v0.1", "--map", "input=input.thread_stage")
    assert (status, short["verdict"]) == (1, "inconclusive")


def test_dates_and_a_canary_are_looked_at_when_an_option_asks_for_it(check):
    guid = "26b5c67b-86a9-4d3f-9c1e-8a0f0b7d4e12"
    test = [{"id": "h", "input": LONG, "day": "2026-05-02", "asked": "2026-05-01"}]
    train = [{"id": "t", "input": OTHER, "day": "2026-02-01", "note": guid}]
    flags = ["--map", "event_date=day", "--map", "test.as_of=asked"]
    flags += ["--training-cutoff", "2026-01-31", "--canary", guid]
    done = check(test, train, *flags)
    assert done.exit_code == 1
    assert "time: h (1.000)\n  event date 2026-05-02 is after as-of date 2026-05-01" in done.output
    assert "time: training item t (1.000)" in done.output
    assert "canary: training item t (1.000)" in done.output
    test[0]["asked"], train[0]["day"], train[0]["note"] = "2026-05-02", "2026-01-31", guid[1:]
    assert "verdict: clean" in check(test, train, *flags).output


def test_an_option_whose_check_cannot_run_is_not_clean(check):
    flags = ["--release-date", "2026-05-01"]
    done = check([{"input": LONG}], [{"input": OTHER}], *flags)
    assert "verdict: inconclusive" in done.output
    with pytest.raises(ConfigError, match="--release-date 'May' is no day"):
        check([{"input": LONG}], [{"input": OTHER}], "--release-date", "May")


def test_a_pair_says_whether_the_record_holds_the_answer_too(check):
    answer = "the lemons rot on the northern quay since last Monday"
    rows = [{"id": "a", "input": LONG, "output": answer}, {"id": "b", "input": LONG}]
    report = json.loads(check(rows[:1], rows, "--methods", "exact", "--json").stdout)
    matches = report["contamination"]["runs"][0]["matches"]
    found = {match["right_id"]: match["details"]["answer_in_record"] for match in matches}
    assert found == {"a": True, "b": False}


def test_the_least_containment_can_be_stated(check):
    train = [{"input": f"{OTHER} {' '.join(LONG.split()[:10])} {OTHER}"}]
    flags = ["--methods", "containment", "--min-containment"]
    assert "verdict: flagged" in check([{"input": LONG}], train, *flags, "0.4").output
    assert "verdict: clean" in check([{"input": LONG}], train, *flags, "0.9").output
