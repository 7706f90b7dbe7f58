import pytest

from benchwright.contamination.canary import CanaryInspector
from benchwright.contamination.inspection import inspection_run
from benchwright.contamination.items import Item
from benchwright.errors import ConfigError, Place

GUID = "26b5c67b-86a9-4d3f-9c1e-8a0f0b7d4e12"


def _item(record, name="r", canaries=()):
    return Item(id=name, place=Place(), input="x", canaries=canaries, record=record)


def _run(train, *, test=(), stated=(GUID,), is_required=True):
    inspector = CanaryInspector(stated=stated)
    return inspection_run(inspector, test, train, scope="s", seed=0, is_required=is_required)


@pytest.mark.parametrize(
    "record",
    [
        {"text": f"BENCHMARK DATA canary GUID {GUID}."},
        {"text": GUID.upper()},
        {"text": f"id={GUID.replace('-', '')};"},
        {"meta": [{"deep": f"a\n{GUID[:9]}\u200b{GUID[9:]}"}]},
        {GUID: True},
        {"text": f'{{"canary": "{GUID}"}}'},
    ],
    ids=["sentence", "upper case", "no hyphens", "zero width", "key", "JSON text"],
)
def test_a_canary_anywhere_in_a_training_record_is_found(record):
    run = _run([_item({"text": "nothing"}, "clean"), _item(record, "leak")])
    [match] = run.matches
    assert (run.status, match.left_id, match.right_id) == ("flagged", None, "leak")
    [(start, end)] = match.right.spans
    assert match.right.text[start:end].replace("\u200b", "").replace("-", "").lower() == (
        GUID.replace("-", "")
    )


def test_a_guid_that_differs_in_one_digit_is_clean_and_every_planted_canary_is_found():
    run = _run([_item({"text": f"{GUID[:-1]}3 {GUID[1:]}"})])
    assert (run.status, run.planted, run.planted_found) == ("clean", 3, 3)
    assert run.pairs_compared == 0


def test_the_canary_of_a_mapped_test_field_is_looked_for_by_its_guid_alone():
    test = [_item({}, "t", canaries=(f"Never train on this. canary GUID {GUID}",))]
    run = _run([_item({"text": f"other words {GUID}"})], test=test, stated=())
    assert [match.details["canary"] for match in run.matches] == [GUID]


@pytest.mark.parametrize(
    ("train", "stated", "reason"),
    [([_item({})], (), "no canary is given"), ([], (GUID,), "training side has no record")],
)
def test_nothing_to_look_for_or_in_is_not_run_or_inconclusive_when_asked_for(train, stated, reason):
    run = _run(train, stated=stated, is_required=False)
    assert (run.status, run.matches) == ("not_run", ())
    assert reason in run.reason
    assert _run(train, stated=stated).status == "inconclusive"


def test_a_canary_too_short_to_be_one_is_refused():
    with pytest.raises(ConfigError, match="'26b5' has under 16 letters and digits"):
        CanaryInspector(stated=("26b5",))


def test_the_canary_that_both_splits_carry_in_their_own_field_is_no_leak():
    test = [_item({"canary": GUID}, "t", canaries=(GUID,))]
    own = {"record": {"canary": GUID, "text": "so"}, "canaries": (GUID,)}
    run = _run([_item(**own)], test=test, stated=(), is_required=False)
    assert (run.status, run.matches) == ("not_run", ())
    assert "splits of one benchmark" in run.reason
    assert _run([_item(**own)], test=test, stated=()).status == "inconclusive"
    assert _run([_item(**own)], test=test).status == "flagged"


def test_a_canary_in_the_text_of_a_record_is_found_beside_its_own_field():
    test = [_item({"canary": GUID}, "t", canaries=(GUID,))]
    record = {"canary": GUID, "text": f"copied with canary GUID {GUID}"}
    run = _run([_item(record, "leak", canaries=(GUID,))], test=test, stated=(), is_required=False)
    assert [match.right_id for match in run.matches] == ["leak"]
    run = _run([_item({"text": GUID}, "web")], test=test, stated=(), is_required=False)
    assert run.status == "flagged"
