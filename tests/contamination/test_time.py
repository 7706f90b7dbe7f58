from datetime import date

import pytest

from benchwright.contamination.dates import TimeInspector, parse_day
from benchwright.contamination.inspection import inspection_run
from benchwright.contamination.items import Item
from benchwright.errors import ConfigError, Place

RELEASE, CUTOFF = date(2026, 6, 30), date(2026, 1, 31)


def _item(event=(), as_of=(), name="t"):
    event, as_of = ((v,) if isinstance(v, str) else v for v in (event, as_of))
    return Item(id=name, place=Place(), input="a signal", event_dates=event, as_of=as_of)


def _run(test=(), train=(), *, is_required=True, **settings):
    return inspection_run(
        TimeInspector(**settings), test, train, scope="s", seed=0, is_required=is_required
    )


@pytest.mark.parametrize(
    ("event", "as_of", "kind", "evidence"),
    [
        ("2026-03-02", "2026-03-01", "event_after_as_of", "2026-03-02 is after as-of date"),
        ("2026-04", "2026-03-31", "event_after_as_of", "2026-04 is after"),
        ("2027", "2026-12-31", "event_after_as_of", "2027 is after"),
        ("2026-03-02T00:30:00+00:00", "2026-03-01", "event_after_as_of", "is after"),
        ("2026-03-01", "2026-07-01", "after_release", "is after the release 2026-06-30"),
        ("TBD", "2026-03-01", "placeholder_date", "event date 'TBD' is a placeholder"),
        ("1970-01-01T00:00:00Z", "2026-03-01", "placeholder_date", "is a placeholder"),
        ("2026-03-01", "9999-12-31", "placeholder_date", "as-of date"),
        ("0000-00-00", "2026-03-01", "placeholder_date", "event date '0000-00-00'"),
    ],
)
def test_a_date_out_of_order_and_a_placeholder_are_named(event, as_of, kind, evidence):
    release = None if kind == "event_after_as_of" else RELEASE
    run = _run([_item(event, as_of), _item("2026-01-01", "2026-01-02")], release_date=release)
    [match] = run.matches
    assert (run.status, match.left_id, match.right_id) == ("flagged", "t", None)
    assert match.details == {"kind": kind}
    assert evidence in match.evidence


@pytest.mark.parametrize(
    ("event", "as_of"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026", "2026-03-01"),
        ("2026-03", "2026-03-01"),
        ("2026-03-02T00:30:00+02:00", "2026-03-01"),
        ("2026-06-30", "2026-06-30T23:59:59Z"),
    ],
)
def test_a_date_that_can_be_in_order_is_clean_and_every_planted_fault_is_found(event, as_of):
    run = _run([_item(event, as_of)], release_date=RELEASE)
    assert (run.status, run.matches, run.items_comparable) == ("clean", (), 1)
    tallies = {(tally.kind, tally.planted, tally.found) for tally in run.plants}
    kinds = ("placeholder_date", "event_after_as_of", "after_release")
    assert tallies == {(kind, 1, 1) for kind in kinds}


def test_a_training_record_after_the_cut_off_is_found_and_one_on_it_is_not():
    train = [_item("2026-02-01", name="late"), _item("2026-01-31", name="timely")]
    run = _run(train=train, training_cutoff=CUTOFF)
    assert [match.right_id for match in run.matches] == ["late"]
    assert run.matches[0].title == "training item late"
    clean = _run(train=train[1:], training_cutoff=CUTOFF)
    assert (clean.status, clean.planted, clean.planted_found) == ("clean", 2, 2)


@pytest.mark.parametrize("undated", [_item(name="u"), _item("last spring", "2026-01-01", name="u")])
def test_an_undated_item_is_inconclusive_and_named(undated):
    run = _run([_item("2026-01-01", "2026-01-02"), undated])
    assert run.status == "inconclusive"
    assert run.reason == "1 items lack a date, or it is not ISO 8601: u"


@pytest.mark.parametrize(
    ("test", "reason"),
    [([_item()], "no date is mapped"), ([_item("2026-01-01")], "no second date to compare")],
)
def test_nothing_to_compare_is_not_run_or_inconclusive_when_asked_for(test, reason):
    run = _run(test, is_required=False)
    assert (run.status, run.matches) == ("not_run", ())
    assert reason in run.reason
    assert _run(test).status == "inconclusive"


def test_a_day_that_is_none_names_the_option():
    assert parse_day("2026-06-30", option="--release-date") == RELEASE
    with pytest.raises(ConfigError, match=r"--release-date '30\.6\.26' is no day"):
        parse_day("30.6.26", option="--release-date")
