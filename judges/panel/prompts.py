"""The judge's prompts: files in `templates/prompts/judge`, rendered in the packs' sandbox."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from benchwright.calls.spec import Turn
from benchwright.canonical import sha256_hex
from benchwright.errors import Place
from benchwright.judges.panel.shown import Shown

if TYPE_CHECKING:
    from benchwright.render import Text

DIMENSIONS = ("input_coherence", "ground_truth_verifiability", "rubric_application_clarity")
MAX_SHOWN_CHARACTERS = 90_000
MAX_REPAIRED_CHARACTERS = 4_000
_FOLDER = "prompts/judge"
_NAMES = (*DIMENSIONS, "rules", "task", "repair", "pairwise", "pair")


def opening(shown: Shown, dimension: str, system: str | None = None) -> tuple[Turn, ...]:
    """Return the messages that ask for one dimension of one task, by our question or `system`."""
    return (
        Turn(role="system", content=_render(dimension) if system is None else system),
        Turn(role="user", content=_render("task", marker=shown.marker, shown=shown.text)),
    )


def question_and_rules(dimension: str) -> tuple[str, str]:
    """Return the two parts of a system prompt: the question with its levels, and the rules."""
    rules = _render("rules")
    return _render(dimension).removesuffix(rules).strip(), rules


def task_message(text: str) -> str:
    """Return the user's message that shows a text between its markers."""
    return _render("task", marker=Shown(task_id="", cell="", text=text).marker, shown=text)


def repair(asked: tuple[Turn, ...], reply: str, problem: str) -> tuple[Turn, ...]:
    """Return the messages that ask again, with what was wrong."""
    return (
        *asked,
        Turn(role="assistant", content=reply[:MAX_REPAIRED_CHARACTERS]),
        Turn(role="user", content=_render("repair", problem=problem)),
    )


def comparison(first: Shown, second: Shown) -> tuple[Turn, ...]:
    """Return the messages that ask which of two tasks is better."""
    user = _render(
        "pair",
        first_marker=first.marker,
        first=first.text,
        second_marker=second.marker,
        second=second.text,
    )
    return Turn(role="system", content=_render("pairwise")), Turn(role="user", content=user)


def prompt_sha256s(*names: str) -> dict[str, str]:
    """Return the sha256 of the named prompt files, or of all of them."""
    return {f"judge/{name}.j2": sha256_hex(_sources()[f"{name}.j2"]) for name in names or _NAMES}


def asking_sha256() -> str:
    """Return the sha256 of how judges are asked, whatever the question."""
    return _sha256_of("rules", "task", "repair")


def levels_sha256() -> str:
    """Return the sha256 of the questions and their levels: the rubric of the judges."""
    return _sha256_of(*DIMENSIONS)


def _sha256_of(*names: str) -> str:
    return sha256_hex("\n".join(prompt_sha256s(*names).values()))


@cache
def _sources() -> Mapping[str, str]:
    folder = files("benchwright.templates") / _FOLDER
    return {f"{name}.j2": (folder / f"{name}.j2").read_text("utf-8") for name in _NAMES}


@cache
def _parsed() -> "Mapping[str, Text]":
    from benchwright.render import Renderer

    renderer = Renderer(_sources(), texts_folder=f"templates/{_FOLDER}")
    return {
        name: renderer.text(
            _sources()[f"{name}.j2"], Place(file=f"templates/{_FOLDER}/{name}.j2", line=1)
        )
        for name in _NAMES
    }


def _render(name: str, **values: Any) -> str:
    return _parsed()[name].render(values)
