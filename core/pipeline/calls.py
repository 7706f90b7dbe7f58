"""What a run calls models with: one ledger per benchmark, the providers, prices and limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchwright.calls.dspy_engine import ModelSettings
from benchwright.calls.gateway import Gateway, Limits
from benchwright.calls.http import HttpProvider
from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import read_prices
from benchwright.calls.provider import Provider
from benchwright.calls.through_litellm import LiteLLMProvider
from benchwright.config import Project
from benchwright.errors import ConfigError, Place
from benchwright.lineage.kinship import Models, read_declarations
from benchwright.lineage.table import read_table
from benchwright.model_config import ModelConfig
from benchwright.pipeline.run import Run

LEDGER = "ledger.sqlite"


def ledger_path(run: Run) -> Path:
    """Return OUTPUT/NAME/ledger.sqlite: every version of a benchmark shares it."""
    return run.release_folder.parent / LEDGER


def ledger_scope(run: Run) -> str:
    """Return what the cap of the config is for: this version."""
    benchmark = run.project.config.benchmark
    return f"{benchmark.name} {benchmark.version}"


@contextmanager
def open_gateway(run: Run, *offline: Provider) -> Iterator[Gateway]:
    """Open the ledger and the providers of a project, and close them at the end.

    Args:
        run: The run.
        offline: Providers that answer by rule.

    Raises:
        ConfigError: If a model is paid and the config has no budget.
    """
    config = run.project.config
    budget, models = config.budget, config.models
    ledger = Ledger(ledger_path(run), scope=ledger_scope(run))
    try:
        with Gateway(
            ledger=ledger,
            providers=(
                *offline,
                LiteLLMProvider(timeout_seconds=models.timeout_seconds),
                HttpProvider(timeout_seconds=models.timeout_seconds),
            ),
            prices=read_prices(budget.prices if budget else {}),
            limits=Limits(
                cap_picodollars=budget.max_picodollars if budget else 0,
                max_connections=models.max_connections,
            ),
        ) as gateway:
            yield gateway
    finally:
        ledger.close()


def settings_of(model: ModelConfig) -> ModelSettings:
    """Return how a model of the config is called."""
    return ModelSettings(
        provider=model.provider,
        model=model.model,
        endpoint=model.api_base or "",
        max_tokens=model.max_tokens,
        temperature=model.temperature,
    )


def models_of(project: Project) -> Models:
    """Return what the project knows of models.

    Raises:
        ConfigError: If its lineage file or a declaration is not valid.
    """
    config = project.config.models
    table = read_table(project.base / config.lineage if config.lineage else None)
    return Models(table=table, declarations=read_declarations(config.declarations(), table))


def refuse_unfit_models(project: Project, models: Models) -> None:
    """Stop before the first call when a model may play no part, or nothing may be spent.

    Raises:
        ConfigError: For an unknown or contradicted lineage, and for paid models without a budget.
    """
    config = project.config
    authors = config.author.synthetic.models if config.author.synthetic else ()
    judges = config.judges.models if config.judges else ()
    paid = [item for item in (*authors, *judges) if item.provider != "offline"]
    for item in paid:
        for refusal in models.refusals_of(item.model):
            raise ConfigError(f"{refusal.rule}: {refusal.message}", fix=refusal.fix)
    if paid and config.budget is None:
        raise ConfigError(
            f"{paid[0].model!r} is paid, and the config has no budget",
            fix="add budget: {max_usd: 5.00}; engines of your own get budget.prices of 0",
            place=Place(field="budget"),
        )
