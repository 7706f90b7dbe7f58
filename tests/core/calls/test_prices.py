import pytest

from benchwright.calls.prices import DeclaredPrice, Price, read_prices
from benchwright.calls.spec import Usage
from benchwright.errors import ConfigError


def test_a_listed_price_is_found_with_and_without_its_provider():
    table = read_prices({})
    assert table.price_of("gpt-4o-mini") == Price(input=150_000, output=600_000)
    assert table.price_of("openai/gpt-4o-mini") == table.price_of("gpt-4o-mini")
    assert table.source.startswith("litellm ")
    assert len(table.sha256) == 64


@pytest.mark.parametrize("name", ["openrouter/openai/gpt-4o-mini", "house/gpt-4o-mini", "x"])
def test_the_price_of_another_host_is_unknown_and_the_error_shows_how_to_declare_it(name):
    with pytest.raises(ConfigError, match="is unknown") as caught:
        read_prices({}).price_of(name)
    assert f"prices: {{{name}: {{input_usd_per_million" in caught.value.fix


def test_a_price_of_zero_in_the_table_is_unknown_and_a_declared_zero_is_a_price():
    free = DeclaredPrice(input_usd_per_million=0, output_usd_per_million=0)
    assert read_prices({"local/m": free}).price_of("local/m") == Price(input=0, output=0)
    with pytest.raises(ConfigError):
        read_prices({}).price_of("ollama/llama3")


def test_a_declared_price_goes_before_the_table_and_is_never_rounded_down():
    odd = DeclaredPrice(input_usd_per_million=0.0000003, output_usd_per_million=1.0)
    assert read_prices({"gpt-4o-mini": odd}).price_of("gpt-4o-mini") == Price(
        input=1, output=1_000_000
    )


def test_the_worst_case_bounds_every_cost(spec):
    table = read_prices(
        {"house/heron-1": DeclaredPrice(input_usd_per_million=1.0, output_usd_per_million=2.0)}
    )
    asked = spec("naïve — wörds " * 40)
    most = Usage(input_tokens=len(asked.messages[0].content.encode()), output_tokens=100)
    assert table.worst_case(asked) >= table.price_of(asked.model).cost(most)
