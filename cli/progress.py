"""Progress on stderr: a bar on a terminal, a line a minute elsewhere, nothing when quiet."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import ProgressColumn, TaskID

LINE_EVERY_SECONDS = 60.0


class Progress:
    """Shows one stage at a time; `core.pipeline` calls `stage`, `advance` and `note`."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar = None if quiet or not sys.stderr.isatty() else _new_bar()
        self._lines = not quiet and self._bar is None
        self._task: TaskID | None = None
        self._title = ""
        self._done = 0
        self._total: int | None = None
        self._began: float | None = None
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, title: str, total: int | None = None) -> None:
        """Begin a stage of `total` items; None when the number is not known."""
        self._title, self._done, self._total = title, 0, total
        self._began = None
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(title, total=total)

    def bytes_stage(self, title: str, total: int) -> None:
        """Begin a stage of `total` bytes, shown with rate and time left."""
        self.stage(title, total)
        self._began = time.monotonic()
        if self._bar is not None:
            self._bar.columns = _byte_columns()

    def advance(self, items: int = 1) -> None:
        """Count finished items."""
        self._done += items
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, items)
        elif self._lines and time.monotonic() - self._last_line >= LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            of = f" of {self._total}" if self._total else ""
            said = self._rate() if self._began is not None else f"{self._done}{of}"
            click.echo(f"{self._title}: {said}", err=True)

    def _rate(self) -> str:
        seconds = max(time.monotonic() - (self._began or 0.0), 1e-9)
        speed, total = self._done / seconds, self._total or 0
        left = (total - self._done) / speed if speed else 0.0
        return (
            f"{self._done / 1e6:,.0f} of {total / 1e6:,.0f} MB, {speed / 1e6:,.0f} MB/s, "
            f"{left:,.0f} s left"
        )

    def note(self, text: str) -> None:
        """Print one line that stays."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        elif self._lines:
            click.echo(text, err=True)


def _new_bar() -> "RichProgress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichBar

    return RichBar(
        SpinnerColumn(),
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _byte_columns() -> "tuple[ProgressColumn, ...]":
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
