"""Replies from a function: tests, and what a script of one's own wants to answer."""

from collections.abc import Callable

from benchwright.calls.spec import CallSpec, ProviderKind, Reply, Usage


class RuleProvider:
    """Answers every request from a rule, without a network; nothing is paid.

    Args:
        kind: `offline` for our rule-based author and judge, `scripted` for anything else.
        answer: Returns the text for a request.
        served_model: The name that stands in the ledger, which no real model bears.
    """

    is_paid = False

    def __init__(
        self, kind: ProviderKind, answer: Callable[[CallSpec], str], *, served_model: str
    ) -> None:
        self.kind = kind
        self._answer = answer
        self._served_model = served_model

    async def complete(self, spec: CallSpec) -> Reply:
        """Return what the rule says; tokens are words, for want of a tokenizer."""
        text = self._answer(spec)
        asked = sum(len(turn.content.split()) for turn in spec.messages)
        return Reply(
            text=text,
            served_model=self._served_model,
            response_id="",
            finish_reason="stop",
            usage=Usage(input_tokens=asked, output_tokens=len(text.split())),
        )
