import pytest

from benchwright.contamination.fieldmap import complete_map, parse_map
from benchwright.errors import ConfigError

ROWS = [{"task_id": 1, "question": "why?", "answer": "so", "meta": {"trace": "t1"}}]


def test_fields_are_guessed_from_the_records_and_say_so():
    found = complete_map({}, ROWS, side="test")
    assert found.paths == {"input": ("question",), "id": ("task_id",), "output": ("answer",)}
    assert found.guessed == ("input", "id", "output")


def test_an_empty_field_is_no_guess_but_for_the_input():
    found = complete_map({}, [{"input": "", "trace_id": [], "answer": None}], side="test")
    assert found.paths == {"input": ("input",)}


def test_a_stated_field_replaces_the_guess_and_several_are_taken_together():
    stated = parse_map(["input=question", "input=answer", "train.lineage=meta.trace"], "train")
    found = complete_map(stated, ROWS, side="train")
    assert found.value("input", ROWS[0]) == ["why?", "so"]
    assert found.value("lineage", ROWS[0]) == "t1"
    assert "input" not in found.guessed
    assert parse_map(["train.lineage=x"], "test") == {}


def test_json_kept_as_text_is_opened_so_that_keys_do_not_count():
    rows = [{"input": '{"request": "go"}', "provenance": '{"lineage_keys": ["trace:1"]}'}]
    found = complete_map({}, rows, side="test")
    assert found.value("input", rows[0]) == {"request": "go"}
    assert found.value("lineage", rows[0]) == ["trace:1"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [("input", "not ROLE=FIELD"), ("inpt=x", "did you mean 'input'"), ("dev.input=x", "not ROLE")],
)
def test_a_wrong_map_names_the_fix(entry, message):
    with pytest.raises(ConfigError, match=message):
        parse_map([entry], "test")


def test_a_field_that_no_record_has_is_refused():
    with pytest.raises(ConfigError, match="did you mean 'question'"):
        complete_map({"input": ("questions",)}, ROWS, side="test")
    with pytest.raises(ConfigError, match="no field of the test records looks like the input"):
        complete_map({}, [{"zzz": "x"}], side="test")
