"""A judge that answers by rule and always alike: it stands in for models in a rehearsal.

Nothing it says is ever filed; only the length of what is asked and answered counts.
"""

import json
from collections.abc import Callable

from benchwright.calls.spec import CallSpec

_REASON = (
    "The quoted parts bear on the question directly: what is asked, what is given and what is "
    "expected fit together, and nothing that would be needed to decide is missing from the task."
)
_QUOTES = 2


def agreeing(spec: CallSpec) -> str:
    """Return the reply of a judge who finds every task good."""
    return _reply(spec, 5)


def disagreeing() -> Callable[[CallSpec], str]:
    """Return a rule by which the first judge who is asked finds fault and every other none."""
    first: list[str] = []

    def answer(spec: CallSpec) -> str:
        first.append(spec.model)
        return _reply(spec, 1 if spec.model == first[0] else 5)

    return answer


def _reply(spec: CallSpec, score: int) -> str:
    lines = spec.messages[1].content.splitlines()
    marks = [at for at, line in enumerate(lines) if line.startswith("=====TASK-")]
    shown = [line.strip() for line in lines[marks[0] + 1 : marks[-1]] if line.strip()]
    quotes = [line[:120] for line in shown[:_QUOTES]]
    return json.dumps({"evidence": quotes, "reason": _REASON, "score": score})
