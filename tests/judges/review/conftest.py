"""An answers file, a person at the page, and a clock that the test moves."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from benchwright.canonical import sha256_hex
from benchwright.judges.review.app import Desk, create_app
from benchwright.judges.review.guard import HEADER, Guard
from benchwright.judges.review.items import label_item
from benchwright.judges.review.store import Answers
from tests.judges.review.builders import make_task

PORT = 5005
BASE = f"http://127.0.0.1:{PORT}"
MORNING = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


class Hand:
    """A clock's hand."""

    def __init__(self):
        self.now = MORNING

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


class Visitor:
    """One browser that opened the address with the token."""

    def __init__(self, app, token):
        self.client = app.test_client()
        self.guard = app.extensions["guard"]
        self._nonces = (f"{token}-{number}" for number in itertools.count(1))
        opened = self.client.get(f"/?token={token}", base_url=BASE)
        assert opened.status_code == 303

    def get(self, path, **headers):
        return self.client.get(path, base_url=BASE, headers=headers)

    def post(self, path, values, **headers):
        own = {"Origin": BASE, HEADER: self.guard.page_token, **headers}
        kept = {name: value for name, value in own.items() if value is not None}
        return self.client.post(path, json=values, base_url=BASE, headers=kept)

    def act(self, kind, item, field="", value=None, *, queue="label", number=1, nonce=None):
        values = {
            "kind": kind,
            "nonce": nonce or sha256_hex(next(self._nonces))[:32],
            "item": item,
            "pass_number": number,
            "field": field,
            "value": value,
        }
        return self.post(f"/{queue}/act", values)

    def current(self, queue="label"):
        found = re.search(r'data-item="([^"]+)"', self.get(f"/{queue}").text)
        return found and found[1]

    def label(self, levels="555", decision="accept", *, number=1):
        """Answer the current item whole and leave it; return its id."""
        item = self.current()
        fields = (
            "input_coherence",
            "ground_truth_verifiability",
            "rubric_application_clarity",
            "decision",
        )
        for field, value in zip(fields, (*levels, decision), strict=True):
            answered = self.act("answer", item, field, value, number=number)
            assert answered.status_code == 200, answered.text
        assert self.act("leave", item, number=number).status_code == 200
        return item


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def answers(tmp_path):
    opened = Answers(tmp_path / "a.sqlite", may_create=True)
    yield opened
    opened.close()


@pytest.fixture
def visit(answers, hand):
    """Open the page as a person; a new visit is a server that was started again."""
    pytest.importorskip("flask")
    numbers = itertools.count(1)

    def open_page(rater="ana", seed=0):
        token = f"token-{next(numbers)}"
        guard = Guard(token, PORT)
        desk = Desk(
            answers=answers,
            rater=rater,
            seed=seed,
            session=answers.new_session(),
            clock=hand,
        )
        app = create_app(desk, guard)
        app.extensions["guard"] = guard
        return Visitor(app, token)

    return open_page


@pytest.fixture
def five(answers):
    """Five tasks in the queue of blind labels."""
    tasks = [make_task(number) for number in range(5)]
    answers.set_items("label", [label_item(task) for task in tasks])
    return tasks
