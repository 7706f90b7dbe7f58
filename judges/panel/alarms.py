"""Is a judge blunt? One that never says no, or always says the same, measures nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from benchwright.calls.spec import CallResult
from benchwright.judging import JudgeUse
from benchwright.lineage.rules import thin_panel
from benchwright.verdicts import Verdict

MIN_TASKS = 50


def judge_uses(verdicts: Iterable[Verdict], calls: Iterable[CallResult]) -> tuple[JudgeUse, ...]:
    """Return what each judge did and cost, with its alarms, sorted by name."""
    by_judge: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_judge.setdefault(verdict.judge.requested, []).append(verdict)
    paid: dict[str, list[CallResult]] = {}
    for call in calls:
        paid.setdefault(call.spec.model, []).append(call)
    names = sorted({*by_judge, *paid})
    return tuple(_use(name, by_judge.get(name, []), paid.get(name, [])) for name in names)


def panel_alarms(uses: Iterable[JudgeUse]) -> tuple[str, ...]:
    """Return L009 where the judges that answered are one family, or nearly so."""
    message = thin_panel((frozenset(use.lineage), use.tasks) for use in uses if use.lineage)
    return (f"L009: {message}",) if message else ()


def _use(model: str, verdicts: Sequence[Verdict], calls: Sequence[CallResult]) -> JudgeUse:
    scores: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        for dimension, score in verdict.scores.items():
            scores.setdefault(dimension, Counter())[str(score)] += 1
    statuses = Counter(verdict.status for verdict in verdicts)
    usages = [call.reply.usage for call in calls if call.reply.usage is not None]
    return JudgeUse(
        model=model,
        served=tuple(sorted({name for verdict in verdicts for name in verdict.judge.served})),
        lineage=tuple(sorted({name for verdict in verdicts for name in verdict.judge.lineage})),
        tasks=len(verdicts),
        passed=statuses["pass"],
        failed=statuses["fail"],
        unjudged=statuses["unjudged"],
        scores={name: dict(sorted(row.items())) for name, row in sorted(scores.items())},
        calls=len(calls),
        input_tokens=sum(usage.input_tokens for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        picodollars=sum(call.cost_picodollars for call in calls),
        alarms=tuple(_alarms(scores, statuses["pass"], statuses["fail"])),
    )


def _alarms(scores: dict[str, Counter[str]], passed: int, failed: int) -> Iterator[str]:
    for dimension, row in sorted(scores.items()):
        if row.total() >= MIN_TASKS and len(row) == 1:
            yield f"each of its {row.total()} scores for {dimension} is {next(iter(row))}"
    if passed + failed >= MIN_TASKS and not failed:
        yield f"none of {passed} tasks was rejected"
