"""The seam: every provider is one method that returns a reply or raises a fault."""

import os
import re
from typing import Protocol, runtime_checkable

from benchwright.calls.spec import CallSpec, ProviderKind, Reply
from benchwright.errors import BenchwrightError, SetupError

_KEY_LIKE = re.compile(r"\b(?:sk|hf|gsk|xai|AIza)[-_][A-Za-z0-9*_-]{8,}")


@runtime_checkable
class Provider(Protocol):
    """Makes calls of one kind.

    Attributes:
        kind: What the ledger calls it.
        is_paid: Whether its calls have a price.
    """

    kind: ProviderKind
    is_paid: bool

    async def complete(self, spec: CallSpec) -> Reply:
        """Return the reply to one request.

        Raises:
            ProviderFault: If there is none.
        """
        ...


class ProviderFault(BenchwrightError):
    """A call that brought no reply.

    Attributes:
        kind: `rate_limited`, `server`, `timeout`, `connection`, `auth`, `bad_request`,
            `bad_reply`.
        may_be_billed: Whether the provider may charge for it although nothing arrived.
        retry_after_seconds: What the provider asked for.
    """

    exit_status = SetupError.exit_status
    RETRYABLE = frozenset({"rate_limited", "server", "timeout", "connection", "bad_reply"})
    MAYBE_BILLED = frozenset({"timeout", "connection", "bad_reply"})

    def __init__(
        self, kind: str, message: str, *, fix: str, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(hide_keys(message), fix=fix)
        self.kind = kind
        self.retry_after_seconds = retry_after_seconds

    @property
    def is_retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in self.RETRYABLE

    @property
    def may_be_billed(self) -> bool:
        """Whether the provider may charge for it although nothing arrived."""
        return self.kind in self.MAYBE_BILLED


def hide_keys(text: str) -> str:
    """Return text in which no key of the environment, and nothing that looks like one, stands."""
    for name, value in os.environ.items():
        if len(value) >= 8 and name.upper().endswith(("_KEY", "_TOKEN", "_SECRET")):
            text = text.replace(value, "***")
    return _KEY_LIKE.sub("***", text)


class BudgetError(BenchwrightError):
    """A call that could cross the cap was not made; the run can go on with a higher cap."""

    exit_status = SetupError.exit_status
