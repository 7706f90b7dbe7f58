"""What would an agent answer that has not read the task?

Four empty-headed agents bound a rubric from below: a task that one of them passes measures
nothing.

Source: Zhu et al. 2025, "Establishing Best Practices for Building Rigorous Agentic Benchmarks"
(arXiv:2507.02825), on do-nothing agents that pass published benchmarks.
"""

from collections.abc import Sequence
from typing import Any

from benchwright.tasks import JsonObject
from benchwright.words import leaf_texts

_GENERIC = (
    "Hi {name},\n\nThank you for your time. I wanted to introduce our company. We help teams like "
    "yours reach their goals faster with experienced people and proven solutions. Many leaders in "
    "your field already work with us, and we would be glad to support you too. Would you be open "
    "to a short conversation next week?\n\nBest regards,\nYour partner team"
)
_REFUSAL = (
    "Dear {name},\n\nI am sorry, but I cannot help with this request. Please contact us again if "
    "there is anything else.\n\nKind regards"
)
_SUBJECTS = {
    "do_nothing": "",
    "echo_input": "Re: your message",
    "generic_template": "An idea for your team",
    "refuse_always": "Your request",
}


def vacuous_outputs(
    input: JsonObject, reference: JsonObject, *, input_texts: Sequence[str] | None = None
) -> dict[str, JsonObject]:
    """Return the answers of the agents do_nothing, echo_input, generic_template, refuse_always.

    Args:
        input: The task's input; `echo_input` repeats its texts, the two letters take the
            recipient's name from it.
        reference: An output whose shape the answers take; no agent takes an action.
        input_texts: The texts of the input's leaves, where they are known already.
    """
    name = recipient_name(input) or "there"
    texts = {
        "do_nothing": "",
        "echo_input": echo(tuple(leaf_texts(input)) if input_texts is None else input_texts),
        "generic_template": _GENERIC.format(name=name),
        "refuse_always": _REFUSAL.format(name=name),
    }
    return {
        agent: {key: _filled(key, value, agent, text) for key, value in reference.items()}
        for agent, text in texts.items()
    }


def echo(texts: Sequence[str]) -> str:
    """Return the texts and numbers of an input, one paragraph each."""
    return "\n\n".join(texts)


def _filled(key: str, value: Any, agent: str, text: str) -> Any:
    if isinstance(value, str):
        return _SUBJECTS[agent] if key == "subject" else text
    if isinstance(value, list):
        return []
    if isinstance(value, dict):
        return {}
    return value if isinstance(value, bool) or value is None else type(value)()


def recipient_name(input: JsonObject) -> str | None:
    """Return the name of the person whom an output is for, or None if the input names nobody."""
    for key in ("recipient", "contact", "prospect", "user", "customer"):
        person = input.get(key)
        if isinstance(person, dict) and isinstance(person.get("name"), str):
            return str(person["name"])
    return None
