"""A pair as a trainer reads it: the input as JSON with a line on the form, outputs as JSON."""

import json
from functools import cache
from importlib.resources import files

from benchwright.tasks import JsonObject, Task

Turn = dict[str, str]


def prompt_text(task: Task) -> str:
    """Return what the model is asked: the task's input, and the keys of its answer."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    keys = ", ".join(sorted(task.reference))
    return environment.from_string(_template()).render(input=_json(task.input), keys=keys).strip()


def output_text(output: JsonObject) -> str:
    """Return an output as the JSON object that `benchwright score` reads."""
    return _json(output)


def conversational(prompt: str, chosen: str, rejected: str) -> dict[str, list[Turn]]:
    """Return a pair as messages: the prompt by the user, each answer by the assistant."""
    return {
        "prompt": [{"role": "user", "content": prompt}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }


def _json(value: JsonObject) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


@cache
def _template() -> str:
    folder = files("benchwright.templates") / "prompts" / "pairs"
    return (folder / "prompt.j2").read_text("utf-8")
