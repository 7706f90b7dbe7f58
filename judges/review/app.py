"""The page as a web application: one person, three queues, one item at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from benchwright.errors import BenchwrightError, SetupError
from benchwright.judges.review.guard import HEADERS, Guard
from benchwright.judges.review.questions import NOTE, OPENED, QUEUES, Queue, needs_note
from benchwright.judges.review.schedule import RefusedError, Standing, refuse_unfit, standing
from benchwright.judges.review.store import Answers, Event, Kind
from benchwright.tasks import JsonObject, Record

if TYPE_CHECKING:
    from flask import Flask, Response

MAX_REQUEST_BYTES = 64 * 2**10
MAX_SHORT_CHARACTERS = 40
TITLES: Mapping[Queue, str] = {
    "label": "Blind labels",
    "held": "Held tasks",
    "adversarial": "Hand-written tasks",
}
_STATIC = {"review.css": "text/css", "review.js": "text/javascript"}


class Act(Record):
    """What the page sends: one answer, one undo, or the wish to go on."""

    kind: Literal["answer", "undo", "leave"]
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")
    item: str = Field(min_length=1, max_length=200)
    pass_number: int = Field(ge=1, le=9)
    field: str = Field(default="", max_length=100)
    value: str | None = Field(default=None, max_length=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One person at one answers file.

    Attributes:
        seed: Decides the order of the items.
        session: Names this sitting.
        clock: Returns the time in UTC.
    """

    answers: Answers
    rater: str
    seed: int
    session: str
    clock: Callable[[], datetime]

    def standing(self, queue: Queue) -> Standing:
        """Return where the person stands in a queue."""
        events = self.answers.events(queue, self.rater)
        return standing(
            self.answers.items(queue), events, rater=self.rater, seed=self.seed, now=self.clock()
        )

    def act(self, queue: Queue, act: Act) -> Standing:
        """Write down what the person did, and return where the person stands now.

        Raises:
            RefusedError: If it cannot be written down.
        """
        items = self.answers.items(queue)
        kind: Kind = act.kind
        event = Event(
            nonce=act.nonce,
            queue=queue,
            item=act.item,
            rater=self.rater,
            pass_number=act.pass_number,
            kind=kind,
            field="" if kind == "leave" else act.field,
            value=None if kind == "leave" else act.value,
            at=self.clock(),
            session=self.session,
        )
        self.answers.add(event, lambda past: refuse_unfit(event, items, past, self.seed))
        return self.standing(queue)


def create_app(desk: Desk, guard: Guard) -> "Flask":
    """Return the application.

    Raises:
        SetupError: If Flask is not installed.
    """
    try:
        from flask import Flask, redirect, request
    except ImportError as error:
        raise SetupError(
            "the review page needs Flask", fix="pip install 'benchwright[review]'"
        ) from error
    from jinja2 import StrictUndefined

    folder = Path(str(files("benchwright.templates"))) / "review"
    app = Flask("benchwright-review", static_folder=None, template_folder=str(folder))
    app.jinja_options = {"autoescape": True, "undefined": StrictUndefined}
    app.jinja_env.tests["short_list"] = _is_short_list
    app.jinja_env.globals["help_keys"] = help_keys
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES

    @app.before_request
    def _guarded() -> "Response | None":
        why = guard.refusal(request)
        return None if why is None else _said(app, why, 403)

    @app.after_request
    def _with_headers(response: "Response") -> "Response":
        response.headers.update(HEADERS)
        return response

    @app.errorhandler(BenchwrightError)
    def _fault(error: BenchwrightError) -> "Response":
        return _said(app, f"{error.message}; {error.fix}", 500)

    @app.get("/")
    def home() -> Any:
        if guard.opens(request):
            response = redirect("/", 303)
            response.set_cookie(
                guard.cookie_name, guard.cookie, httponly=True, samesite="Strict", path="/"
            )
            return response
        rows = [(queue, TITLES[queue], desk.standing(queue)) for queue in QUEUES]
        return _page("home.html.j2", rater=desk.rater, rows=rows)

    @app.get("/review/<name>")
    def static_file(name: str) -> Any:
        if name not in _STATIC:
            return _said(app, "there is no such file", 404)
        return app.response_class((folder / name).read_bytes(), mimetype=_STATIC[name])

    _add_queue_routes(app, desk, guard)
    return app


def _add_queue_routes(app: "Flask", desk: Desk, guard: Guard) -> None:
    from flask import request

    @app.get("/<queue>")
    def item(queue: str) -> Any:
        if queue not in QUEUES:
            return _said(app, "there is no such page", 404)
        name: Queue = queue  # checked above
        now = desk.standing(name)
        shared = {"queue": name, "title": TITLES[name], "rater": desk.rater, "now": now}
        if now.current is None:
            return _page("done.html.j2", **shared)
        return _page(
            "item.html.j2",
            **shared,
            item=now.current,
            token=guard.page_token,
            note_needed=needs_note(name, ()),
            state=state_values(now),
        )

    @app.post("/<queue>/act")
    def act(queue: str) -> Any:
        if queue not in QUEUES or not request.is_json:
            return _said(app, "send JSON to a queue", 400)
        name: Queue = queue  # checked above
        try:
            sent = Act.model_validate_json(request.get_data())
            now = desk.act(name, sent)
        except ValidationError:
            return _said(app, "what was sent is no answer", 400)
        except RefusedError as error:
            values = {"error": str(error), **state_values(desk.standing(name))}
            return app.json.response(values), 409
        return app.json.response(state_values(now))


def state_values(now: Standing) -> JsonObject:
    """Return what the page has to know: what stands, what is missing, what can be undone."""
    item = now.current
    if item is None:
        return {"item": None, "answers": {}, "missing": [], "undo": None}
    stack = now.state.undoable
    answers = {k: v for k, v in now.state.answers.items() if k not in (NOTE, OPENED)}
    return {
        "item": item.id,
        "pass": now.pass_number,
        "answers": answers,
        "note": now.state.answers.get(NOTE, ""),
        "missing": now.state.missing(item),
        "undo": {"field": stack[-1][0], "value": stack[-1][1]} if stack else None,
    }


def help_keys(queue: Queue) -> list[tuple[str, str]]:
    """Return the keys of a queue, and what each does."""
    answers = {
        "label": [
            ("1 … 5", "the level of the marked question"),
            ("0", "I cannot say"),
            ("a r h", "accept, reject, I cannot say"),
        ],
        "held": [("a r", "accept, reject"), ("v", "open or close what the judges said")],
        "adversarial": [("a d", "agree, disagree")],
    }
    return [
        *answers[queue],
        ("↑ ↓", "another question"),
        ("Enter →", "leave this item and go to the next"),
        ("u", "take back the last answer, until you leave the item"),
        ("n", "write a note; Esc comes back"),
        ("?", "these keys"),
    ]


def _is_short_list(value: object) -> bool:
    scalars = (str, int, float, bool)
    return isinstance(value, list) and all(
        isinstance(one, scalars) and len(str(one)) <= MAX_SHORT_CHARACTERS for one in value
    )


def _page(template: str, **values: Any) -> str:
    from flask import render_template

    return render_template(template, **values)


def _said(app: "Flask", message: str, status: int) -> "Response":
    return app.make_response((app.json.response({"error": message}), status))
