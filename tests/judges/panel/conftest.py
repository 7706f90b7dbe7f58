import pytest

from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallResult, Reply
from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.lineage.kinship import Declaration, Models
from benchwright.lineage.table import shipped_table
from benchwright.model_config import ModelConfig
from benchwright.tasks import Provenance, Task
from tests.loopback.judges import dimension_of, reply, shown_of

MISTRAL = "mistralai/mistral-small-2603"
QWEN = "qwen/qwen3-32b"
CLAUDE = "anthropic/claude-haiku-4-5"
REQUEST = "Write to Anna about her ten open Go roles."


class Bench:
    """Judges from a script: `answer(body)` returns a text, a `Reply`, or raises."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = []

    def call(self, spec, purpose):
        body = {"model": spec.model, "messages": [turn.model_dump() for turn in spec.messages]}
        self.calls.append((spec, purpose))
        said = self.answer(body)
        if not isinstance(said, Reply):
            said = answered(said, served=spec.model)
        return CallResult(
            call_id=spec.key[:16],
            spec=spec,
            purpose=purpose,
            reply=said,
            cost_picodollars=0,
            cost_source="free",
            replayed=False,
        )


def answered(text, *, served, finish="stop"):
    return Reply(text=text, served_model=served, response_id="", finish_reason=finish, usage=None)


def failing(kind):
    return ProviderFault(kind, "no reply", fix="none")


def from_scores(scores):
    """Judges that give `scores[model]`, a number or a number by dimension."""

    def answer(body):
        score = scores[body["model"]]
        score = score[dimension_of(body)] if isinstance(score, dict) else score
        return reply(score, shown_of(body).splitlines()[0])

    return answer


@pytest.fixture(scope="session")
def models():
    declared = [Declaration(name="house/heron-1", lineages=("mistral",), reason="our own tune")]
    return Models(table=shipped_table(), declarations={item.name: item for item in declared})


@pytest.fixture
def panel(models):
    def make(answer, *, judges=(MISTRAL, QWEN, CLAUDE), per_task=2, minimum=3):
        bench = Bench(answer)
        made = Panel(
            asker=Asker(caller=bench, models=models),
            judges=tuple(ModelConfig(model=name) for name in judges),
            per_task=per_task,
            minimums=dict.fromkeys(DIMENSIONS, minimum),
        )
        return made, bench

    return make


@pytest.fixture(scope="session")
def synthetic():
    """Build a synthetic task; everything that must stay hidden has a telling value."""

    def build(
        request="Write to Anna about her ten open Go roles.", *, body=None, calls=("c" * 16,)
    ):
        return Task.create(
            dimension="signal_grounding",
            difficulty="hard",
            input={"request": request, "open_roles": 10},
            reference={"subject": "Go roles", "body": body or "You have ten open Go roles."},
            candidates=[
                {"output": {"body": "HIDDEN-CANDIDATE"}, "label": "fail", "why": "HIDDEN-WHY"}
            ],
            expected={"open_roles": 10},
            rubric={"checks": [{"kind": "mentions", "params": {"all_of": ["Go"]}}]},
            provenance=Provenance(
                mode="synthetic",
                author="HIDDEN-AUTHOR openai/gpt-4o",
                calls=calls,
                slots={"hidden": "HIDDEN-SLOT"},
                lineage_keys=("HIDDEN-KEY",),
            ),
            tags=("HIDDEN-TAG",),
        )

    return build
