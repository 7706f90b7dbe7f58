"""What a candidate is made from: a finished task of a family or of a trace, and what may change.

Of a family's task every sentence that is no house rule is worded anew. Of a trace's task, redacted
before it comes here, only what the customer says is; policy, tool results and the recorded turns of
the agent are what they are.
"""

from dataclasses import dataclass
from typing import Any

from benchwright.generators.synthetic.texts import prose, with_texts
from benchwright.generators.traces.building import leaf_texts
from benchwright.generators.traces.evidence import Evidence
from benchwright.packs import DimensionSpec
from benchwright.tasks import JsonObject, Task

_SHOWN = ("policy", "request", "conversation", "records")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a candidate is made from.

    Attributes:
        task: A task that the gate accepted.
        dimension: What it tests.
        texts: The texts to word anew, by JSON pointer into the input.
        free_text_arguments: For a trace, the arguments that hold prose and need not stand in the
            input; every other one has to, in the new words too. None for a family.
    """

    task: Task
    dimension: DimensionSpec
    texts: dict[str, str]
    free_text_arguments: frozenset[str] | None = None

    @classmethod
    def of(cls, task: Task, dimension: DimensionSpec, *, fixed: frozenset[str]) -> "Seed":
        """Return a family's task as a seed; `fixed` texts belong to the pack and stay."""
        return cls(task=task, dimension=dimension, texts=prose(task.input, fixed=fixed))

    @classmethod
    def of_trace(
        cls, task: Task, dimension: DimensionSpec, *, free_text_arguments: frozenset[str]
    ) -> "Seed | None":
        """Return a trace's task as a seed; None where the customer says too little to reword."""
        said = prose(_said_by_customer(task.input), fixed=frozenset())
        if not said:
            return None
        return cls(
            task=task, dimension=dimension, texts=said, free_text_arguments=free_text_arguments
        )

    def brief(self) -> JsonObject:
        """Return every fact that the author may use."""
        return {"case": self.task.id, "input": self.task.input, "expected": self.task.expected}

    def lost_arguments(self, texts: dict[str, str]) -> list[str]:
        """Return the arguments of the expected calls that the new words no longer give away."""
        if self.free_text_arguments is None:
            return []
        values = with_texts(self.task.input, texts)
        evidence = Evidence(leaf_texts({key: values[key] for key in _SHOWN if key in values}))
        expected = self.task.expected
        lost = [
            place
            for call in expected.get("remaining_actions", ())
            for place in evidence.missing_of(
                call["name"], call["arguments"], ignore=self.free_text_arguments
            )
        ]
        lost += [text for text in expected.get("communicate", ()) if not evidence.has(text)]
        return lost


def _said_by_customer(values: JsonObject) -> JsonObject:
    """Return the input with everything blank that somebody else said, places kept."""
    turns: list[Any] = values.get("conversation", [])
    return {
        "request": values.get("request", ""),
        "conversation": [
            {"content": turn["content"] if turn.get("role") == "user" else ""} for turn in turns
        ],
    }
