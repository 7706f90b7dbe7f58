"""What a call costs: a price table that is dated and hashed, and prices a project declares.

The table is the one that ships with the installed LiteLLM; it is read as a file, so that nothing
is imported and nothing is fetched. A price of zero in it means that the price is not known.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from benchwright.calls.spec import CallSpec, Usage
from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError
from benchwright.tasks import Record

PICODOLLARS = 10**12
_TABLE = "model_prices_and_context_window_backup.json"
_TOKENS_PER_TURN = 16


class Price(Record):
    """Picodollars per token."""

    input: Annotated[int, Field(ge=0)]
    output: Annotated[int, Field(ge=0)]

    def cost(self, usage: Usage) -> int:
        """Return what a call with these tokens costs, in picodollars."""
        return self.input * usage.input_tokens + self.output * usage.output_tokens


class DeclaredPrice(Record):
    """What a project says a model costs; 0 is a price, for an engine of one's own."""

    input_usd_per_million: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    output_usd_per_million: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    def price(self) -> Price:
        """Return it in picodollars per token."""
        return Price(
            input=_picodollars(self.input_usd_per_million / 1e6),
            output=_picodollars(self.output_usd_per_million / 1e6),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """Prices by model name.

    Attributes:
        source: What the table is ("litellm 1.106.2").
        sha256: Hash of the table's file.
        declared: What the project says, which goes first.
        listed: What the table says.
    """

    source: str
    sha256: str
    declared: Mapping[str, Price]
    listed: Mapping[str, Price]

    def price_of(self, model: str) -> Price:
        """Return a model's price.

        Raises:
            ConfigError: If it is unknown: an unknown price is never taken for zero.
        """
        found = self.declared.get(model) or self.listed.get(model)
        if found is not None:
            return found
        raise ConfigError(
            f"the price of {model!r} is unknown: it is not in the table of {self.source}",
            fix=f"declare it under budget: prices: {{{model}: {{input_usd_per_million: 0.5, "
            "output_usd_per_million: 1.5}}; for an engine of your own, 0 and 0",
        )

    def worst_case(self, spec: CallSpec) -> int:
        """Return the most that a call can cost, in picodollars.

        A token is at least one byte, so the bytes of the request bound its input tokens.
        """
        schema = len(json.dumps(spec.response_schema)) if spec.response_schema else 0
        texts = sum(len(turn.content.encode()) + _TOKENS_PER_TURN for turn in spec.messages)
        price = self.price_of(spec.model)
        return price.cost(Usage(input_tokens=texts + schema, output_tokens=spec.max_tokens))


def read_prices(declared: Mapping[str, DeclaredPrice]) -> PriceTable:
    """Return the table of the installed LiteLLM with a project's own prices before it."""
    source, sha256, listed = _listed()
    return PriceTable(
        source=source,
        sha256=sha256,
        declared={name: price.price() for name, price in declared.items()},
        listed=listed,
    )


@cache
def _listed() -> tuple[str, str, Mapping[str, Price]]:
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        return "no price table", sha256_hex(b""), {}
    content = (Path(spec.origin).parent / _TABLE).read_bytes()
    found: dict[str, Price] = {}
    for name, entry in json.loads(content).items():
        if (price := _price(entry)) is not None:
            found[name] = price
            found.setdefault(f"{entry.get('litellm_provider')}/{name}", price)
    return f"litellm {version('litellm')}", sha256_hex(content), found


def _price(entry: Mapping[str, Any]) -> Price | None:
    first, second = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return None
    if first <= 0 or second <= 0:
        return None
    return Price(input=_picodollars(first), output=_picodollars(second))


def _picodollars(dollars: float) -> int:
    """Return whole picodollars, rounded up: a price is never understated."""
    exact = dollars * PICODOLLARS
    return int(exact) + (exact - int(exact) > 1e-6)
