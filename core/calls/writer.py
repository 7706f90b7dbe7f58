"""Write into the ledger without holding up the calls: what waits meanwhile goes in together.

A write is on disk before `do` returns. While one waits for the disk the others gather, and all of
them share the next wait: the more calls are in flight, the less each pays for its own. What need
not survive a power cut does not wait for the disk, and is written at once when nobody does.

Source: group commit, after DeWitt et al. 1984 (SIGMOD), section 3.3.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from benchwright.calls.ledger import Ledger, Step

T = TypeVar("T")


class GroupWriter:
    """Takes the steps of one event loop, in the order in which they come.

    Args:
        ledger: Where they go.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[tuple[Step[Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="benchwright-ledger")

    async def do(self, step: Step[T]) -> T:
        """Take a step; it is written when this returns.

        Raises:
            SetupError: If the ledger cannot be written.
        """
        if self._writing is None and not step.synced:
            return self._ledger.write(step)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((step, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_what_waits())
        return await future

    async def close(self) -> None:
        """Write what still waits, and end the thread."""
        while self._writing is not None:
            await asyncio.shield(self._writing)
        self._thread.shutdown()

    async def _write_what_waits(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                steps = [step for step, _ in batch]
                try:
                    outcomes = await loop.run_in_executor(
                        self._thread, self._ledger.write_all, steps
                    )
                except Exception as error:
                    outcomes = [error] * len(batch)
                for (_, future), outcome in zip(batch, outcomes, strict=True):
                    if future.done():
                        continue
                    if isinstance(outcome, Exception):
                        future.set_exception(outcome)
                    else:
                        future.set_result(outcome)
        finally:
            self._writing = None
