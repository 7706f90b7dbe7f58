"""No build spends above its cap, whatever it is; a benchmark runs many more of them."""

import pytest

from benchwright.calls.prices import read_prices
from benchwright.errors import ConfigError
from tests.core.pipeline.budget_runs import (
    AUTHORS,
    JUDGES,
    PRICE,
    Book,
    actors,
    one_outcome,
    run_build,
    write_config,
)


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    return actors(tmp_path_factory.mktemp("actors"))


@pytest.mark.parametrize("number", [3, 5, 9])
def test_a_build_stays_under_its_cap_and_goes_on_to_the_same_bytes(number, tmp_path, plays):
    found = one_outcome(number, tmp_path, plays)
    assert found.billed <= found.spent <= found.cap
    assert found.reserved == 0
    assert found.released == (found.stopped is None)
    if found.stopped is not None:
        assert "raise budget.max_usd" in found.stopped.fix
    assert found.repeated == 0
    assert found.same_bytes


def test_the_proof_would_see_a_cap_that_does_not_hold(tmp_path, plays, monkeypatch):
    monkeypatch.setattr("benchwright.calls.prices.PriceTable.worst_case", lambda self, spec: 1)
    found = one_outcome(3, tmp_path, plays)
    assert found.spent > found.cap


@pytest.mark.parametrize("unpriced", [AUTHORS[1], JUDGES[2]])
def test_an_unknown_price_of_any_model_stops_a_build_before_the_first_call(
    unpriced, tmp_path, plays, monkeypatch
):
    prices = {name: PRICE for name in (*AUTHORS, *JUDGES) if name != unpriced}
    table = read_prices(prices)
    monkeypatch.setattr("benchwright.calls.prices._listed", lambda: ("a table", "0" * 64, {}))
    book = Book(plays, table, seed=1, fault_rate=0)
    path = write_config(tmp_path, max_usd=5, prices=prices, connections=4)
    with pytest.raises(ConfigError, match=f"the price of '{unpriced}' is unknown"):
        run_build(path, tmp_path, book)
    assert (book.asked, book.billed) == (0, 0)
