import pytest

from benchwright import InputError
from benchwright.statistics.conditions import read_condition


def _read(tmp_path, text, name="base.jsonl"):
    path = tmp_path / name
    path.write_text(text)
    return read_condition(path)


def test_reads_a_score_file_of_ours(tmp_path):
    condition = _read(
        tmp_path,
        '{"outputs":"given","task_id":"a","value":0.5,"passed":false,"status":"scored"}\n'
        '{"outputs":"given","task_id":"b","value":0.0,"passed":false,"status":"malformed"}\n'
        '{"outputs":"given","task_id":"c","value":0.9,"status":"incomplete"}\n',
    )
    rows = condition.rows
    assert (condition.name, rows["a"].score, rows["a"].failed) == ("base", 0.5, False)
    assert (rows["b"].score, rows["b"].failed) == (0.0, True)
    assert (rows["c"].score, rows["c"].failed) == (None, True)


def test_reads_csv_with_cost_latency_and_cluster(tmp_path):
    condition = _read(
        tmp_path,
        "id,score,passed,cluster,cost_usd,latency_seconds,error\n"
        "a,0.25,true,x,0.002,1.5,\nb,,,x,,,timeout\nc,0,0,y,0,0.5,\n",
        "tuned.v2.csv",
    )
    row = condition.rows["a"]
    assert (row.passed, row.cluster, row.cost_usd, row.latency_seconds) == (True, "x", 0.002, 1.5)
    assert (condition.rows["b"].score, condition.rows["b"].failed) == (None, True)
    assert (condition.rows["c"].score, condition.rows["c"].passed) == (0.0, False)


def test_an_errored_row_has_no_score_even_if_it_says_one(tmp_path):
    rows = _read(tmp_path, '{"task_id":"a","score":0,"error":"timeout"}\n').rows
    assert rows["a"].score is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"score":1}', "no task id under task_id or id"),
        ('{"id":"a","score":"high"}', "score is 'high', no number"),
        ('{"id":"a","score":NaN}', "score is nan, no number"),
        ('{"id":"a","score":1,"cost_usd":-1}', "cost_usd is -1, no number from 0"),
        ('{"id":"a","score":1,"passed":"maybe"}', "passed is 'maybe'"),
        ('{"id":"ok","score":1}', "a second score for task 'ok'"),
        ("[]", "a JSON list, not an object"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path, line, problem):
    with pytest.raises(InputError) as caught:
        _read(tmp_path, '{"id":"ok","score":1}\n' + line + "\n")
    assert f"line 2: {problem}" in caught.value.message
