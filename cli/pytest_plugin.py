"""pytest plugin: a test run fails when a held-out task stands in the training data.

`pytest --leak-test held_out.jsonl --leak-train train.jsonl` adds one test per contamination
check; the fixture `assert_no_leak` does the same from inside a test. Nothing heavy is imported
unless one of them is used.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from benchwright.findings import CheckReport

SHOWN_PAIRS = 5


class AssertNoLeak(Protocol):
    """Fails the test unless the verdict is clean."""

    def __call__(
        self,
        test: str | Path | Sequence[str | Path],
        train: str | Path | Sequence[str | Path],
        *,
        maps: Sequence[str] = (),
        methods: Sequence[str] = (),
        allow_inconclusive: str | None = None,
        accepted: str | Path | None = None,
        policy: str | Path | None = None,
    ) -> "CheckReport":
        """Compare files or folders; return the report when it is clean or waived."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("benchwright", "contamination of a held-out set (benchwright)")
    group.addoption("--leak-test", action="append", metavar="PATH", help="held-out file or folder")
    group.addoption("--leak-train", action="append", metavar="PATH", help="training file or folder")
    group.addoption("--leak-map", action="append", metavar="ROLE=FIELD", help="as check --map")
    group.addoption("--leak-methods", metavar="NAMES", help="as check --methods")
    group.addoption("--leak-accepted", metavar="FILE", help="as check --accepted")
    group.addoption("--leak-policy", metavar="FILE", help="as check --policy")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse one side without the other."""
    if bool(config.getoption("--leak-test")) != bool(config.getoption("--leak-train")):
        raise pytest.UsageError("--leak-test and --leak-train go together")


@pytest.fixture
def assert_no_leak() -> AssertNoLeak:
    """Return a function that fails the test unless no test item stands in the training data."""
    return _assert_no_leak


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the leak test of the command line to what is run."""
    if config.getoption("--leak-test"):
        items.append(LeakItem.from_parent(session, name="benchwright: no test task leaks"))


class LeakItem(pytest.Item):
    """The check that the options ask for."""

    def runtest(self) -> None:
        """Run the check; fail unless it is clean."""
        methods = self.config.getoption("--leak-methods") or ""
        _assert_no_leak(
            self.config.getoption("--leak-test"),
            self.config.getoption("--leak-train"),
            maps=self.config.getoption("--leak-map") or (),
            methods=tuple(name.strip() for name in methods.split(",") if name.strip()),
            accepted=self.config.getoption("--leak-accepted"),
            policy=self.config.getoption("--leak-policy"),
        )

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,
    ) -> str:
        """Say what was found, without a traceback."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[str, int | None, str]:
        """Name the files that were compared."""
        return str(self.config.getoption("--leak-test")[0]), None, self.name


def _assert_no_leak(
    test: str | Path | Sequence[str | Path],
    train: str | Path | Sequence[str | Path],
    *,
    maps: Sequence[str] = (),
    methods: Sequence[str] = (),
    allow_inconclusive: str | None = None,
    accepted: str | Path | None = None,
    policy: str | Path | None = None,
) -> "CheckReport":
    from benchwright.errors import BenchwrightError
    from benchwright.pipeline.contamination import CheckSettings, check_files

    settings = CheckSettings(
        maps=tuple(maps),
        methods=tuple(methods),
        allow_inconclusive=allow_inconclusive,
        accepted=Path(accepted) if accepted else None,
        policy=Path(policy) if policy else None,
        today=datetime.now(tz=UTC).date() if accepted else None,
    )
    try:
        report = check_files(_paths(test), _paths(train), settings)
    except BenchwrightError as error:
        pytest.fail(f"the check could not run: {error}", pytrace=False)
    if report.verdict not in ("clean", "waived"):
        pytest.fail("\n".join(_lines(report)), pytrace=False)
    return report


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(given)] if isinstance(given, str | Path) else [Path(path) for path in given]


def _lines(report: "CheckReport") -> Iterator[str]:
    from benchwright.contamination.reports.facts import listed

    yield f"contamination: {report.verdict}"
    for run in report.contamination.runs:
        if run.status == "inconclusive":
            yield f"{run.check}: inconclusive: {run.reason}"
        for passage in (run.passages or ())[:SHOWN_PAIRS]:
            held = f"{passage.test_items} test items, {passage.train_records} training records"
            yield f"{run.check}: {held} share: {passage.text[:200]}"
        for match in listed(run)[:SHOWN_PAIRS]:
            yield f"{run.check}: {match.title} ({match.score:.3f})"
            yield f"  {match.evidence[:200]}"
        if len(run.matches) > SHOWN_PAIRS:
            yield f"{run.check}: {len(run.matches)} pairs in all"
    for side in (report.test, report.train):
        for bad in side.bad_rows[:SHOWN_PAIRS]:
            yield f"not read: {bad.file}:{bad.line}: {bad.reason}"
