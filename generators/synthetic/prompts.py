"""The prompts of the author, read once and hashed into the provenance of what they made."""

from functools import cache
from importlib.resources import files

from benchwright.canonical import sha256_hex
from benchwright.tasks import TemplateRef

NAMES = ("author_task", "rewrite_task", "write_rejected", "repair_json")


@cache
def prompt(name: str) -> str:
    """Return the instructions of a signature."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    return environment.from_string(_text(name)).render().strip()


@cache
def prompts_ref() -> TemplateRef:
    """Return the name of the prompts and one hash over all of them."""
    return TemplateRef(
        name="prompts/author",
        sha256=sha256_hex("\x1f".join(f"{name}\x1f{_text(name)}" for name in NAMES)),
    )


def _text(name: str) -> str:
    return (files("benchwright.templates") / "prompts" / "author" / f"{name}.j2").read_text("utf-8")
