"""Which attacks does a pack know? Its classes, and the rubric that every hand-written task gets.

This is the file `adversarial.yaml` of a pack: data only. Parameters of checks and fields of the
starting input may be expressions (a leading `=`) or texts with Jinja2 tags, as in a family.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from benchwright.tasks import CheckSpec, JsonObject, Record

Severity = Literal["low", "medium", "high", "critical"]
ClassName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class AttackClass(Record):
    """One way to make an agent fail.

    Attributes:
        how: What the attack puts into the input, and what it hopes for.
        dimensions: What a task of this class may test.
        twin: How the attack is taken out again, for the benign twin.
        rules: Names of the pack's rules that the input must quote.
        parts: Names of the taxonomy's parts that the input starts with.
        checks: Checks that a task of this class usually needs, to start from.
    """

    name: ClassName
    title: str
    how: str
    dimensions: Annotated[tuple[str, ...], Field(min_length=1)]
    twin: str
    rules: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    checks: tuple[CheckSpec, ...] = ()


class AttackTaxonomy(Record):
    """What `adversarial.yaml` of a pack says.

    Attributes:
        pass_score: The pass score of a task that states none.
        checks: Checks of every task; a check of the same kind in the task's file replaces one.
            They see `pack`, `as_of`, `dimension`, `attacks`, `input`, `reference`, `expected`.
        input: The input that a new file starts with.
        parts: Further fields of it, by the name that classes call them by.
        reference: The reference that a new file starts with.
    """

    schema_version: Literal[1]
    pass_score: Annotated[float, Field(gt=0, le=1)] = 1.0
    checks: tuple[CheckSpec, ...] = ()
    input: JsonObject = {}
    parts: dict[str, JsonObject] = {}
    reference: JsonObject = {}
    classes: Annotated[tuple[AttackClass, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_sound(self) -> Self:
        names = [one.name for one in self.classes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"attack class {twice[0]!r} stands twice")
        for one in self.classes:
            for part in one.parts:
                if part not in self.parts:
                    raise ValueError(f"attack class {one.name!r} names the unknown part {part!r}")
        return self

    def find(self, name: str) -> AttackClass | None:
        """Return the class of a name, or None."""
        return next((one for one in self.classes if one.name == name), None)

    def names(self) -> list[str]:
        """Return the names of the classes, in the order of the file."""
        return [one.name for one in self.classes]
