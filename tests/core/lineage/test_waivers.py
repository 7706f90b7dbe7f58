from datetime import date

import pytest
from pydantic import ValidationError

from benchwright.lineage.waivers import Waiver, valid_waivers, waived_because
from benchwright.model_config import WaiverConfig

DAY = date(2026, 10, 5)
WHY = "one key only, for a smoke run"


def waiver(rule="L001", expires=DAY, **pair):
    return Waiver(rule=rule, reason=WHY, expires=expires, **pair)


@pytest.mark.parametrize(
    ("pair", "covered"),
    [
        ({}, True),
        ({"judge": "b"}, True),
        ({"author": "a", "judge": "b"}, True),
        ({"author": "b", "judge": "a"}, False),
        ({"author": "a", "judge": "c"}, False),
        ({"author": "A"}, False),
    ],
)
def test_a_waiver_covers_the_pair_that_it_names_and_no_other(pair, covered):
    found = waived_because([waiver(**pair)], "L001", author="a", judge="b")
    assert (found == WHY) is covered
    assert waived_because([waiver(**pair)], "L006", author="a", judge="b") is None


def test_it_holds_to_the_end_of_its_day_and_never_without_one():
    assert valid_waivers([waiver()], DAY) == (waiver(),)
    assert valid_waivers([waiver()], date(2026, 10, 6)) == ()
    assert valid_waivers([waiver()], None) == ()


@pytest.mark.parametrize("rule", ["L002", "L003", "L008", "L010"])
def test_what_a_reason_cannot_mend_cannot_be_waived(rule):
    with pytest.raises(ValidationError, match=f"{rule} cannot be waived"):
        WaiverConfig(rule=rule, reason=WHY, expires=DAY)


@pytest.mark.parametrize("rule", ["L001", "L004", "L005", "L006", "L007", "L009"])
def test_every_other_rule_can(rule):
    assert WaiverConfig(rule=rule, reason=WHY, expires=DAY).waiver() == waiver(rule)


def test_a_pair_is_refused_for_a_rule_that_is_about_the_set():
    with pytest.raises(ValidationError, match="L005 is about no pair"):
        WaiverConfig(rule="L005", reason=WHY, expires=DAY, judge="b")
