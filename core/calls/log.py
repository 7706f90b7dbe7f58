"""One line per call, as a release publishes it: who was asked, who answered, what it cost.

Times, tries and response ids stay in the ledger: they differ between two runs that are otherwise
equal. Texts stay there too: the log holds the hash of the prompt, and no key was ever in it.
"""

from typing import Annotated, Literal

from pydantic import Field

from benchwright.calls.spec import (
    CallResult,
    CallRole,
    CostSource,
    FinishReason,
    ProviderKind,
    Usage,
)
from benchwright.lineage.kinship import Models
from benchwright.tasks import Mode, Record, Sha256

CALLS = "calls.jsonl"
CallId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class CallRow(Record):
    """A call of a finished build.

    Attributes:
        call_id: Rows and verdicts name it.
        row: The candidate or task that the call is about.
        mode: Authoring mode of that candidate or task.
        requested: The name that was asked for.
        served: The name in the reply; empty where the reply has none.
        requested_lineage: What `requested` resolves to, with declarations.
        served_lineage: What `served` resolves to beside `requested`; empty when unknown.
    """

    schema_version: Literal[1] = 1
    call_id: CallId
    role: CallRole
    row: str
    mode: Mode
    cell: str
    step: str
    provider: ProviderKind
    requested: str
    served: str
    requested_lineage: tuple[str, ...]
    served_lineage: tuple[str, ...]
    finish_reason: FinishReason
    usage: Usage | None = None
    cost_picodollars: Annotated[int, Field(ge=0)]
    cost_source: CostSource
    prompt_sha256: Sha256
    request_sha256: Sha256
    seed: int | None = None


def call_row(result: CallResult, models: Models, *, mode: Mode) -> CallRow:
    """Return a call as the log has it."""
    spec, reply = result.spec, result.reply
    return CallRow(
        call_id=result.call_id,
        role=result.purpose.role,
        row=result.purpose.row,
        mode=mode,
        cell=result.purpose.cell,
        step=result.purpose.step,
        provider=spec.provider,
        requested=spec.model,
        served=reply.served_model,
        requested_lineage=models.lineages(spec.model),
        served_lineage=served_lineage(spec.model, reply.served_model, models),
        finish_reason=reply.finish_reason,
        usage=reply.usage,
        cost_picodollars=result.cost_picodollars,
        cost_source=result.cost_source,
        prompt_sha256=spec.prompt_sha256,
        request_sha256=spec.key,
        seed=spec.seed,
    )


def served_lineage(requested: str, served: str, models: Models) -> tuple[str, ...]:
    """Return the lineages of what was really served.

    A reply that names the model as it was asked for is what the request resolves to; another name
    is resolved by itself. A reply without a name says nothing: the answer is empty.
    """
    if not served:
        return ()
    if _same_name(requested, served):
        return models.lineages(requested)
    return models.lineages(served, host=requested)


def _same_name(requested: str, served: str) -> bool:
    asked, answered = requested.lower().split("/"), served.lower().split("/")
    return asked[-len(answered) :] == answered
