"""One gateway and one ledger per project, for whatever stage calls models."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchwright.calls.dspy_engine import ModelSettings
from benchwright.calls.gateway import Gateway, Limits
from benchwright.calls.http import HttpProvider
from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import PriceTable, read_prices
from benchwright.calls.provider import Provider
from benchwright.calls.through_litellm import LiteLLMProvider
from benchwright.errors import ConfigError, Place
from benchwright.lineage.kinship import Models, read_declarations
from benchwright.lineage.table import read_table
from benchwright.lineage.waivers import valid_waivers
from benchwright.model_config import ModelConfig
from benchwright.pipeline.run import Run

LEDGER = "ledger.sqlite"
PAID = ("litellm", "http")


def ledger_path(run: Run) -> Path:
    """OUTPUT/NAME/ledger.sqlite: every version of a benchmark shares what was paid for once."""
    return run.output / run.project.config.benchmark.name / LEDGER


def read_models(run: Run) -> Models:
    """Return the lineage table with what the project adds, declares and waives.

    Raises:
        ConfigError: If the project's lineage file or a declaration is not valid.
    """
    config = run.project.config.models
    addition = None if config.lineage is None else run.project.base / config.lineage
    table = read_table(addition)
    created = run.project.created_at
    return Models(
        table=table,
        declarations=read_declarations(config.declarations(), table),
        waivers=valid_waivers(
            [item.waiver() for item in config.waivers], created.date() if created else None
        ),
    )


@contextmanager
def open_gateway(run: Run, *rules: Provider) -> Iterator[Gateway]:
    """Open the project's ledger and a gateway on it; both are closed at the end.

    Args:
        run: The run; its config says prices, cap, connections and timeout.
        rules: Providers of the stage's own, such as a rule-based author.

    Raises:
        ConfigError: If the price of a paid model of the config is unknown.
        SetupError: If the ledger cannot be written.
    """
    config = run.project.config
    prices = prices_of(run)
    models = config.models
    ledger = open_ledger(run)
    try:
        with Gateway(
            ledger=ledger,
            providers=(
                HttpProvider(
                    key_variables=_key_variables(run), timeout_seconds=models.timeout_seconds
                ),
                LiteLLMProvider(timeout_seconds=models.timeout_seconds),
                *rules,
            ),
            prices=prices,
            limits=Limits(
                cap_picodollars=config.budget.max_picodollars if config.budget else None,
                max_connections=models.max_connections,
            ),
        ) as gateway:
            yield gateway
    finally:
        ledger.close()


def open_ledger(run: Run) -> Ledger:
    """Open the project's ledger; its money is counted for this version of the benchmark.

    Raises:
        SetupError: If it cannot be written.
    """
    benchmark = run.project.config.benchmark
    return Ledger(ledger_path(run), scope=f"{benchmark.name} {benchmark.version}")


def lost_picodollars(run: Run) -> int:
    """Return the most that calls of this version without a reply may have been charged."""
    if not ledger_path(run).exists():
        return 0
    with closing(open_ledger(run)) as ledger:
        return ledger.spent().lost


def prices_of(run: Run) -> PriceTable:
    """Return the prices of a project.

    Raises:
        ConfigError: If the price of a paid model of the config is unknown.
    """
    budget = run.project.config.budget
    prices = read_prices(budget.prices if budget else {})
    for model in _paid_models(run):
        prices.price_of(model.model)
    return prices


def settings_of(model: ModelConfig) -> ModelSettings:
    """Return how a model of the config is called."""
    return ModelSettings(
        provider=model.provider,
        model=model.model,
        endpoint=model.api_base or "",
        max_tokens=model.max_tokens,
        temperature=model.temperature,
    )


def refuse_unfit_models(run: Run, models: Models) -> None:
    """Stop before the first call when a model may play no part, or nothing may be spent.

    Raises:
        ConfigError: For an unknown or contradicted lineage, and for paid models without a budget.
    """
    paid = _paid_models(run)
    for item in paid:
        for refusal in models.refusals_of(item.model):
            raise ConfigError(f"{refusal.rule}: {refusal.message}", fix=refusal.fix)
    if paid and run.project.config.budget is None:
        raise ConfigError(
            f"{paid[0].model!r} is paid, and the config has no budget",
            fix="add budget: {max_usd: 5} or --max-usd 5; for an engine of your own, a price of 0",
            place=Place(field="budget"),
        )


def _paid_models(run: Run) -> list[ModelConfig]:
    config = run.project.config
    judges = config.judges.models if config.judges else ()
    authors = config.author.synthetic.models if config.author.synthetic else ()
    return [model for model in (*authors, *judges) if model.provider in PAID]


def _key_variables(run: Run) -> dict[str, str]:
    """Return which variable holds the key of which endpoint.

    Raises:
        ConfigError: If one endpoint is given two.
    """
    found: dict[str, str] = {}
    for model in _paid_models(run):
        if model.api_base is None or model.key_variable is None:
            continue
        if found.setdefault(model.api_base, model.key_variable) != model.key_variable:
            raise ConfigError(
                f"{model.api_base} is given two keys: {found[model.api_base]} and "
                f"{model.key_variable}",
                fix="give every model of one endpoint the same key_variable",
            )
    return found
