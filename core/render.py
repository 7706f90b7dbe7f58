"""Turn a pack's texts and expressions into values, with every error at its file and line.

A text is a Jinja2 template. An expression (a YAML leaf that begins with `=`) gives the native
value: a number, a date, a list. Both know which variables they use before they run.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import isfinite
from types import GeneratorType
from typing import Any, TypeVar

from jinja2 import TemplateError, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context

from benchwright.errors import ConfigError, Place, nearest
from benchwright.sandbox import PackEnvironment, TemplateRuleError
from benchwright.syntax import assigned_names, dotted_path, template_line, walk

_SYNTAX_FIX = "see the template's brackets and tags at this line"
_Including = nodes.Include | nodes.Import | nodes.FromImport
_RUN_ERRORS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
_PARSE_ERRORS = (TemplateSyntaxError, MemoryError, RecursionError, ValueError)


class Omit:
    """The value of `omit`: the key or list item that it stands for is left out."""

    def __repr__(self) -> str:
        return "omit"


OMIT = Omit()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedName:
    """A variable that a template reads, and where."""

    name: str
    place: Place


class Scope(dict[str, Any]):
    """The variables of one row, made by `Renderer.scope`; templates see later changes too."""

    __slots__ = ("context",)

    def __init__(self, values: Mapping[str, Any], environment: PackEnvironment) -> None:
        super().__init__(values)
        self.context = Context(environment, self, None, {})

    def derive(self, values: Mapping[str, Any]) -> "Scope":
        """Return a new scope with further variables."""
        environment = self.context.environment
        assert isinstance(environment, PackEnvironment)  # noqa: S101 - set above
        return Scope({**self, **values}, environment)


class Rendered:
    """A parsed template or expression, its place and the variables it reads.

    Attributes:
        place: Where the source stands: file, line of its key, field.
        names: Every variable read, once each, in the order of the text.
        tree: The syntax tree, for further checks.
    """

    def __init__(
        self,
        environment: PackEnvironment,
        tree: nodes.Template,
        place: Place,
        first_line: int,
        names: tuple[UsedName, ...],
    ) -> None:
        self.place = place
        self.names = names
        self.tree = tree
        self._first_line = first_line
        self._environment = environment

    @cached_property
    def _root(self) -> Callable[[Context], Iterator[str]]:
        """The compiled template; a dotted path never needs one."""
        return self._environment.from_string(self.tree).root_render_func

    def place_at(self, line: int) -> Place:
        """Return the place of a line of the source."""
        return replace(self.place, line=self._first_line + line - 1)

    def check_names(self, known: Iterable[str]) -> None:
        """Refuse a variable that is not known.

        Raises:
            ConfigError: With the line of the first such variable and the nearest known name.
        """
        allowed = set(known)
        for used in self.names:
            if used.name not in allowed:
                raise ConfigError(
                    f"undefined variable {used.name!r}",
                    fix=nearest(used.name, allowed),
                    place=used.place,
                )

    def _context(self, scope: Mapping[str, Any]) -> Context:
        if isinstance(scope, Scope):
            return scope.context
        return Scope({**self._environment.globals, **scope}, self._environment).context

    def _run(self, context: Context) -> str:
        """Return what the template prints; leave no assignment of it in the row's context."""
        self._environment.reset_budget()
        try:
            return "".join(self._root(context))
        except _RUN_ERRORS as error:
            raise self._error(error) from error

    def _error(self, error: BaseException) -> ConfigError:
        place, message = self.place, str(error)
        found = template_line(error.__traceback__)
        if found is not None:
            name, line = found
            if name is None:
                place = self.place_at(line)
            else:
                place = Place(file=f"{self._environment.texts_folder}/{name}", line=line)
        fix = "correct the expression, or the values it is given"
        if isinstance(error, SecurityError):
            fix = "a template may compute and word values within its limits, nothing else"
        elif isinstance(error, UndefinedError):
            fix = "correct the name, or test it with `is defined`"
        return ConfigError(message or type(error).__name__, fix=fix, place=place)


class Text(Rendered):
    """A text with blanks to fill."""

    def render(self, scope: Mapping[str, Any]) -> str:
        """Return the text, stripped, with at most one empty line between paragraphs.

        Args:
            scope: The variables; a `Scope` is used as it is, and is quicker.

        Raises:
            ConfigError: If a value is missing or of the wrong kind, or a limit is reached.
        """
        context = self._context(scope)
        try:
            text = self._run(context).strip()
        finally:
            context.vars.clear()
            context.exported_vars.clear()
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        _refuse_half_character(text, self.place)
        return text


class Expression(Rendered):
    """An expression with a native value."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._path = dotted_path(self.tree)

    def evaluate(self, scope: Mapping[str, Any]) -> Any:
        """Return the value.

        Args:
            scope: As for a text.

        Raises:
            ConfigError: If the expression cannot be computed, or its value is undefined.
        """
        if self._path:
            found: Any = scope
            for key in self._path:
                if not isinstance(found, dict) or key not in found:
                    break
                found = found[key]
            else:
                return found
        context = self._context(scope)
        try:
            self._run(context)
            value = context.vars["result"]
            if isinstance(value, Undefined):
                value._fail_with_undefined_error()
            return list(value) if isinstance(value, GeneratorType) else value
        except _RUN_ERRORS as error:
            raise self._error(error) from error
        finally:
            context.vars.clear()
            context.exported_vars.clear()


R = TypeVar("R", bound=Rendered)


class Renderer:
    """Parses the texts and expressions of one pack.

    Args:
        texts: The pack's own texts by name, which templates may include and import.
        texts_folder: Where they stand, for messages.

    Raises:
        ConfigError: If one of the texts is broken or uses what templates may not use.
    """

    def __init__(self, texts: Mapping[str, str], *, texts_folder: str) -> None:
        self._environment = PackEnvironment(texts, texts_folder=texts_folder)
        self._texts = dict(texts)
        self._folder = texts_folder
        self._trees: dict[str, nodes.Template] = {}
        self._used: dict[str, tuple[UsedName, ...]] = {}
        for name in sorted(self._texts):
            self._used_by_text(name, ())

    def scope(self, values: Mapping[str, Any]) -> Scope:
        """Return values as templates see them, beside the functions that they may call."""
        return Scope({**self._environment.globals, **values}, self._environment)

    def text(self, source: str, place: Place) -> Text:
        """Return a parsed text; `place` is the line of the YAML key it belongs to."""
        return self._parsed(Text, source, place, self._environment.parse)

    def expression(self, source: str, place: Place) -> Expression:
        """Return a parsed expression, written without the leading `=`."""
        return self._parsed(Expression, source, place, self._environment.parse_expression)

    @property
    def environment(self) -> PackEnvironment:
        """What parses: for whoever reads a text and does not render it."""
        return self._environment

    def _parsed(
        self,
        kind: type[R],
        source: str,
        place: Place,
        parse: Callable[[str], nodes.Template],
    ) -> R:
        first_line = (place.line or 0) + (1 if "\n" in source.strip("\n") else 0)

        def place_at(line: int) -> Place:
            return replace(place, line=first_line + line - 1)

        try:
            tree = parse(source)
            names = self._used_names(tree, place_at, ())
        except _PARSE_ERRORS as error:
            raise _syntax_error(error, place_at(_line_of(error))) from error
        return kind(self._environment, tree, place, first_line, names)

    def _used_by_text(self, name: str, within: tuple[str, ...]) -> tuple[UsedName, ...]:
        if name in self._used:
            return self._used[name]
        file = f"{self._folder}/{name}"
        if name in within:
            raise ConfigError(
                f"text {name!r} includes itself, through {' → '.join(within)}",
                fix="break the circle",
                place=Place(file=file),
            )
        try:
            tree = self._environment.parse(self._texts[name])
            self._used[name] = self._used_names(
                tree, lambda line: Place(file=file, line=line), (*within, name)
            )
        except _PARSE_ERRORS as error:
            raise _syntax_error(error, Place(file=file, line=_line_of(error))) from error
        return self._used[name]

    def _used_names(
        self, tree: nodes.Template, place_at: Callable[[int], Place], within: tuple[str, ...]
    ) -> tuple[UsedName, ...]:
        parts = list(walk(tree))
        path = dotted_path(tree)
        if path:
            return (UsedName(name=path[0], place=place_at(1)),)
        free = find_undeclared_variables(tree) - assigned_names(parts)
        used: dict[str, UsedName] = {}
        local: set[str] = set()
        for part in parts:
            if isinstance(part, nodes.Name):
                if part.ctx != "load":
                    local.add(part.name)
                elif part.name in free and part.name not in used:
                    used[part.name] = UsedName(name=part.name, place=place_at(part.lineno))
        for part in parts:
            if isinstance(part, nodes.Include | nodes.Import | nodes.FromImport):
                target = self._target(part, place_at(part.lineno))
                inner = self._used_by_text(target, within)
                if not part.with_context:
                    _refuse_context_names(inner)
                    continue
                used.update((n.name, n) for n in inner if n.name not in {*local, *used})
        return tuple(used.values())

    def _target(self, node: _Including, place: Place) -> str:
        target = node.template
        if not isinstance(target, nodes.Const) or not isinstance(target.value, str):
            raise ConfigError(
                "the name of an included text must be written out",
                fix='write {% include "name.j2" %}, with an if around it where it varies',
                place=place,
            )
        name = target.value
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise ConfigError(
                f"text {name!r} lies outside the pack's texts/ folder",
                fix="copy it into texts/ and name it from there",
                place=place,
            )
        if name not in self._texts:
            fix = nearest(name, self._texts) if self._texts else "the pack has no texts/*.j2"
            raise ConfigError(f"no text {name!r} in the pack", fix=fix, place=place)
        return name


def plain(value: Any, place: Place) -> Any:
    """Return a value as JSON has it: dates as ISO text, tuples as lists, `omit` left out.

    Raises:
        ConfigError: If the value has no JSON form.
    """
    if isinstance(value, str):
        _refuse_half_character(value, place)
        return value
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, dict):
        return {str(k): plain(v, place) for k, v in value.items() if v is not OMIT}
    if isinstance(value, list | tuple | range):
        return [plain(item, place) for item in value if item is not OMIT]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and isfinite(value):
        return value
    shown = repr(value) if isinstance(value, float) else f"a {type(value).__name__}"
    raise ConfigError(
        f"the value is {shown}, which JSON has no form for",
        fix="give text, a number, true, false, a date, a list or a mapping",
        place=place,
    )


def _refuse_half_character(text: str, place: Place) -> None:
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"half of a character, {text[error.start]!r}, which no file can hold",
            fix="write the character itself, or its whole escape",
            place=place,
        ) from error


def _refuse_context_names(names: Iterable[UsedName]) -> None:
    for used in names:
        raise ConfigError(
            f"{used.name!r} is not visible here: the text is imported without context",
            fix="pass it to the macro as an argument, or import `with context`",
            place=used.place,
        )


def _line_of(error: BaseException) -> int:
    return error.lineno if isinstance(error, TemplateSyntaxError) else 1


def _syntax_error(error: BaseException, place: Place) -> ConfigError:
    if isinstance(error, TemplateRuleError):
        return ConfigError(error.message or "not allowed", fix=error.fix, place=place)
    if isinstance(error, TemplateSyntaxError):
        return ConfigError(error.message or "not a template", fix=_SYNTAX_FIX, place=place)
    return ConfigError(
        "nested too deeply, or a number too long, to be read",
        fix="split the template, or compute the number",
        place=place,
    )
