"""The two tasks of the fixtures, with their twins, and how to read them."""

import pytest

from benchwright.generators.adversarial.read import read_file
from benchwright.packs import load_pack


@pytest.fixture(scope="session")
def files(root):
    """The folder of finished tasks and twins."""
    return root / "tests" / "fixtures" / "adversarial"


@pytest.fixture(scope="session")
def packs(root):
    """Both built-in packs, by name."""
    return {name: load_pack(name, base=root) for name in ("tenacious_outbound", "agent_tasks")}


@pytest.fixture(scope="session")
def document_of(files):
    """Return the document of a fixture."""
    return lambda name: read_file(files / name).document
