"""How functions become machine code. Imported only where numba is installed."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiling(**options: Any) -> Callable[[Function], Function]:
    """Return a decorator that compiles at the first call and releases the GIL.

    The machine code is kept for the next process; where no folder can be written to, every
    process compiles again.

    Args:
        options: As for `numba.njit`.
    """

    def compiled(function: Function) -> Function:
        try:
            return cast(Function, numba.njit(nogil=True, cache=True, **options)(function))
        except RuntimeError:
            return cast(Function, numba.njit(nogil=True, **options)(function))

    return compiled
