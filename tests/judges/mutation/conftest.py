"""Two good tasks that the gate accepts, an e-mail and an agent's, and a stranger to each."""

import pytest

from benchwright.tasks import Provenance, Task, TemplateRef

BODY = (
    "Hi Anna,\n\nTwelve free Go engineers would be too many to promise; Orford has 5 engineers "
    "for the ledger of Fjordline, ready within 14 days. Dana Weiss decides on more than that. "
    "Would a start at that size help you with the plan for autumn?\n\nBest,\nTom"
)
MAIL = {
    "input": {
        "request": "Write to Anna Holm of Fjordline. At Fjordline they want 12 Go engineers.",
        "today": "2026-10-05",
        "recipient": {"name": "Anna Holm", "company": "Fjordline"},
        "brief": {
            "open_roles": {
                "after": 12,
                "seen_on": "2026-09-28",
                "confidence": "high",
                "confidence_score": 0.88,
            },
            "free": {"orford": 5, "days_to_deploy": 14},
        },
        "house_rules": ["Ask for one thing at most and never promise what is not free there."],
        "prior_thread": [{"from": "Anna", "text": "Could we have the 12 people by autumn?"}],
    },
    "reference": {"subject": "Go team", "body": BODY},
    "expected": {"decider": "Dana Weiss"},
    "rubric": {
        "pass_score": 0.8,
        "checks": [
            {
                "kind": "mentions",
                "params": {"all_of": ["5 engineers", "Weiss"]},
                "weight": 2,
                "critical": True,
            },
            {"kind": "grounding", "params": {"sources": ["/brief"]}},
            {"kind": "one_ask", "params": {"max_asks": 1}},
            {"kind": "length", "params": {"max_words": 120, "min_words": 20}},
        ],
    },
    "candidates": [
        {
            "output": {"subject": "Go", "body": "We will staff all 12 Go engineers."},
            "label": "fail",
            "why": "too many",
        },
        {
            "output": {"subject": "Go", "body": "Any thoughts on it, Anna?"},
            "label": "fail",
            "why": "says nothing",
        },
    ],
}
STEP = {"name": "cancel_order", "arguments": {"order_id": "ORD-4821", "reason": "late"}}
AGENT = {
    "input": {
        "prompt": "Answer with one JSON object. The policy is binding and not up for debate.",
        "policy": (
            "Cancel an order that is late. Never cancel one that has been delivered. The money of "
            "an order goes back to the card that it came from, and this is done for you with the "
            "call. Tell the customer what you have done and that this is the end of it, not more."
        ),
        "conversation": [{"role": "user", "content": "This is Maren. ORD-4821 of Maren is late."}],
        "tools": [{"name": "cancel_order"}, {"name": "pay_back"}],
    },
    "reference": {
        "actions": [STEP],
        "message": "Order ORD-4821 is cancelled, Maren, as you asked us to.",
    },
    "expected": {"unmet_actions": [STEP]},
    "rubric": {
        "checks": [
            {"kind": "action_taken", "params": STEP, "critical": True},
            {"kind": "no_other_writes", "params": {"read_only": ["get_*"], "allowed": [STEP]}},
        ],
    },
    "candidates": [
        {"output": {"actions": [], "message": "I cannot."}, "label": "fail", "why": "gave up"}
    ],
}


def _make(fields, key):
    provenance = Provenance(
        mode="programmatic",
        template=TemplateRef(name="family", sha256="0" * 64),
        slots={"key": key},
        seed=1,
        author="test",
        lineage_keys=(f"cell:{key}",),
    )
    return Task.create(
        dimension="signal_grounding", difficulty="easy", provenance=provenance, **fields
    )


@pytest.fixture(scope="session")
def make():
    """Build a task from the mail or the agent's task with some fields replaced."""

    def build(kind="mail", key="own", **fields):
        return _make({**(MAIL if kind == "mail" else AGENT), **fields}, key)

    return build


@pytest.fixture(scope="session")
def mail(make):
    """The e-mail task."""
    return make()


@pytest.fixture(scope="session")
def agent(make):
    """The agent's task."""
    return make("agent")


@pytest.fixture(scope="session")
def strangers(make):
    """A task of each kind that shares nothing with the two."""
    letter = {"subject": "Rust", "body": BODY.replace("Go", "Rust").replace("Anna", "Ines")}
    thread = [{"from": "Ines", "text": "Is the Rust team of last year still there?"}]
    step = {"name": "pay_back", "arguments": {"order_id": "ORD-7733", "reason": "broken"}}
    return (
        make(key="s1", reference=letter, input={**MAIL["input"], "prior_thread": thread}),
        make(
            "agent",
            key="s2",
            reference={"actions": [step], "message": "The money for ORD-7733 is on its way."},
            input={**AGENT["input"], "conversation": [{"role": "user", "content": "ORD-7733!"}]},
        ),
    )
