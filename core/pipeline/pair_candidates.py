"""Which outputs could be the rejected side of a pair? Known failures, broken rules, models."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchwright.calls.gateway import Gateway
from benchwright.calls.log import CallRow, call_row
from benchwright.calls.provider import ProviderFault
from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, Place
from benchwright.generators.synthetic.author import REJECTED_FORM
from benchwright.generators.synthetic.signatures import (
    MalformedReplyError,
    RefusedError,
    Writer,
)
from benchwright.judges.checks.base import Case
from benchwright.judges.rubric import bind_rubric
from benchwright.lineage.kinship import Models, shared_lineages
from benchwright.model_config import ModelConfig
from benchwright.pipeline.calls import open_gateway, read_models, refuse_unfit_models, settings_of
from benchwright.pipeline.run import Run
from benchwright.preferences import SkipReason, Source
from benchwright.seeds import row_seed
from benchwright.tasks import JsonObject, Task

UNKNOWN = "unknown"
RULES = "rules"
_NOT_PLANTED = frozenset({"length", "avoids"})
"""Padding alone teaches the word limit alone, and a banned name stands in the other checks."""
_STOPS_THE_RUN = frozenset({"circuit_open", "auth"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An output that may be the rejected side of a task's pair.

    Attributes:
        output: None where a model wrote none; `skip` then says why.
        lineages: Everything its writer is kin to; empty for rules, None where that is unknown.
        how: The violation in words.
    """

    source: Source
    writer: str
    lineages: tuple[str, ...] | None
    how: str
    output: JsonObject | None = None
    skip: SkipReason | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What models wrote, by task id, and the calls that it took."""

    by_task: dict[str, Candidate] = field(default_factory=dict)
    calls: list[CallRow] = field(default_factory=list)


def known_failures(task: Task, authors: Sequence[str]) -> Iterator[Candidate]:
    """Yield the candidates that a task labels as failing.

    Args:
        task: A trace's output was written by a model nobody named.
        authors: Lineages of the models that wrote the row.
    """
    writers: dict[str, tuple[str, tuple[str, ...] | None]] = {
        "trace": (UNKNOWN, None),
        "synthetic": (task.provenance.author, tuple(authors)),
    }
    writer, lineages = writers.get(task.provenance.mode, (RULES, tuple(authors)))
    for candidate in task.candidates:
        if candidate.label == "fail":
            yield Candidate(
                source="candidate",
                writer=writer,
                lineages=lineages,
                how=candidate.why,
                output=candidate.output,
            )


def broken_rules(task: Task) -> Iterator[Candidate]:
    """Yield the reference with checks of the rubric broken: each alone, then more and more of them.

    The heaviest checks come first. One broken rule often leaves the texts too alike for a pair;
    several of them do not.
    """
    case = Case(input=task.input, expected=task.expected, output=task.reference)
    bound = [one for one in bind_rubric(task.rubric) if one.spec.kind not in _NOT_PLANTED]
    bound.sort(key=lambda one: (not one.spec.critical, -one.spec.weight))
    alone, together = [], []
    joined, kinds = task.reference, list[str]()
    for one in bound:
        own = one.check.violate(case, one.params)
        if own is None:
            continue
        alone.append(_broken(own, [one.spec.kind]))
        further = one.check.violate(case.with_output(joined), one.params)
        if further is not None and further != joined:
            joined = further
            kinds.append(one.spec.kind)
            if len(kinds) > 1:
                together.append(_broken(joined, kinds))
    yield from (*alone, *together)


def _broken(output: JsonObject, kinds: Sequence[str]) -> Candidate:
    how = f"breaks {', '.join(dict.fromkeys(kinds))}"
    return Candidate(source="rules", writer=RULES, lineages=(), how=how, output=output)


def written_by_models(
    run: Run, tasks: Sequence[Task], judges: Mapping[str, tuple[str, ...]]
) -> Written:
    """Have a model that is kin to no judge write a plausible wrong output for every task.

    Args:
        run: Its config names the models under `author.synthetic.models`.
        tasks: The train tasks.
        judges: Lineages of the judges of each task.

    Raises:
        ConfigError: If the config names no model, or one that may play no part.
        BudgetError: If the next call could cross the cap.
        ProviderFault: If an endpoint is closed to us.
    """
    models = read_models(run)
    writers = _writers_of(run, models)
    questions = {item.name: item.question for item in run.pack.spec.dimensions}
    written = Written()
    run.progress.stage("pairs: models", total=len(tasks))
    with _asking(run) as (gateway, pool):

        def work(task: Task) -> tuple[Candidate, list[CallRow]]:
            model = _allowed(task, writers, judges[task.id], models)
            if model is None:
                return _skipped("no_writer_allowed", "no model is free of kin", "none"), []
            writer = Writer(
                gateway=gateway,
                settings=settings_of(model),
                row=f"pairs/{task.id}",
                cell=task.dimension,
                seed=row_seed(run.project.config.seed, "pairs", task.id, 0) % 2**31,
            )
            found = _asked(task, writer, questions.get(task.dimension, task.dimension))
            calls = [call_row(call, models, mode=task.provenance.mode) for call in writer.calls]
            return _as_served(found, calls), calls

        for task, (candidate, calls) in zip(tasks, pool.map(work, tasks), strict=True):
            written.by_task[task.id] = candidate
            written.calls.extend(calls)
            run.progress.advance()
    return written


def _writers_of(run: Run, models: Models) -> tuple[ModelConfig, ...]:
    synthetic = run.project.config.author.synthetic
    named = () if synthetic is None else synthetic.models
    writers = tuple(model for model in named if model.provider != "offline")
    if not writers:
        raise ConfigError(
            "the config names no model that could write a rejected output",
            fix="name models under author.synthetic.models, or leave --models out: rules need none",
            place=Place(field="author.synthetic.models"),
        )
    refuse_unfit_models(run, models)
    return writers


@contextmanager
def _asking(run: Run) -> Iterator[tuple[Gateway, ThreadPoolExecutor]]:
    connections = run.project.config.models.max_connections
    with open_gateway(run) as gateway, ThreadPoolExecutor(max_workers=connections) as pool:
        try:
            yield gateway, pool
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _allowed(
    task: Task, writers: Iterable[ModelConfig], judges: Sequence[str], models: Models
) -> ModelConfig | None:
    """Return the writer of a task, by the hash of both; None if each is kin to a judge."""
    free = [one for one in writers if not shared_lineages(models.lineages(one.model), judges)]
    return min(free, key=lambda one: sha256_hex(f"{task.id}\x1f{one.model}"), default=None)


def _asked(task: Task, writer: Writer, question: str) -> Candidate:
    name = writer.settings.model
    try:
        said = writer.ask(
            "write_rejected",
            REJECTED_FORM,
            task={"case": task.id, "input": task.input},
            tests=question,
            right_output=task.reference,
        )
    except (MalformedReplyError, RefusedError) as error:
        return _skipped("no_reply", str(error)[:200], name)
    except ProviderFault as fault:
        if fault.kind in _STOPS_THE_RUN:
            raise
        return _skipped("no_reply", f"{fault.kind}: {fault.message}", name)
    output, why = said["output"], said["why"]
    if not isinstance(output, dict) or not isinstance(why, str):
        return _skipped("malformed", "`output` is no object, or `why` is no text", name)
    return Candidate(source="model", writer=name, lineages=(), how=why[:300], output=output)


def _as_served(candidate: Candidate, calls: Sequence[CallRow]) -> Candidate:
    """Return the candidate with the lineages of what answered; unknown if one has none (L004)."""
    lineages: set[str] = set()
    for call in calls:
        if not call.served_lineage:
            return _with(candidate, None)
        lineages.update(call.requested_lineage, call.served_lineage)
    return _with(candidate, tuple(sorted(lineages)))


def _with(candidate: Candidate, lineages: tuple[str, ...] | None) -> Candidate:
    return Candidate(
        source=candidate.source,
        writer=candidate.writer,
        lineages=lineages,
        how=candidate.how,
        output=candidate.output,
        skip=candidate.skip,
    )


def _skipped(reason: SkipReason, how: str, writer: str) -> Candidate:
    return Candidate(source="model", writer=writer, lineages=(), how=how, skip=reason)
