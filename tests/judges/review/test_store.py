import sqlite3
from dataclasses import replace

import pytest

from benchwright.errors import InputError, SetupError
from benchwright.judges.review.items import label_item
from benchwright.judges.review.store import Answers, Event
from tests.judges.review.builders import make_task
from tests.judges.review.conftest import MORNING


def _event(number, **other):
    event = Event(
        nonce=f"{number:032x}",
        queue="label",
        item="a",
        rater="ana",
        pass_number=1,
        kind="answer",
        field="input_coherence",
        value="3",
        at=MORNING,
        session="s-1",
    )
    return replace(event, **other)


def _accept(past):
    pass


def test_what_was_written_is_read_back_by_another_process(tmp_path):
    path = tmp_path / "a.sqlite"
    first = Answers(path, may_create=True)
    first.add(_event(1), _accept)
    first.add(_event(2, value=None), _accept)
    second = Answers(path)
    assert second.events("label", "ana") == (_event(1), _event(2, value=None))
    assert second.events("label", "ben") == second.events("held") == ()
    first.close()
    second.close()


def test_a_refused_event_leaves_nothing_behind(answers):
    def refuse(past):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        answers.add(_event(1), refuse)
    assert answers.events("label") == ()
    answers.add(_event(1), _accept)
    assert answers.events("label") == (_event(1),)


def test_the_same_number_for_another_act_is_an_error_and_not_a_repetition(answers):
    answers.add(_event(1), _accept)
    answers.add(_event(1), _accept)
    with pytest.raises(SetupError, match="UNIQUE"):
        answers.add(_event(1, value="4"), _accept)
    assert answers.events("label") == (_event(1),)


@pytest.mark.parametrize("statement", ["DELETE FROM events", "UPDATE events SET value = '5'"])
def test_events_cannot_be_changed_or_taken_out(answers, statement):
    answers.add(_event(1), _accept)
    with (
        sqlite3.connect(answers.path) as other,
        pytest.raises(sqlite3.IntegrityError, match="events stay"),
    ):
        other.execute(statement)
    other.close()


def test_every_commit_is_synced(answers):
    with answers._transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_item_that_is_absent_now_is_kept_and_asked_no_more(answers):
    one, two = label_item(make_task(1)), label_item(make_task(2))
    answers.set_items("label", [one, two])
    answers.set_items("label", [two])
    assert answers.items("label") == (two,)
    assert sorted(item.id for item in answers.items("label", only_asked=False)) == sorted(
        (one.id, two.id)
    )
    answers.set_items("label", [one])
    assert answers.items("label") == (one,)


def test_sittings_are_numbered(answers):
    assert [answers.new_session() for _ in range(2)] == ["s-1", "s-2"]


def test_an_absent_file_a_foreign_one_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"no such file: a\.sqlite"):
        Answers(tmp_path / "a.sqlite")
    text = tmp_path / "text"
    text.write_text("not a database, but long enough to look like a file of one" * 20)
    with pytest.raises(InputError, match="not an answers file"):
        Answers(text)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(InputError, match="not an answers file of this version"):
        Answers(other)
    with pytest.raises(SetupError, match="cannot be written"):
        Answers(tmp_path, may_create=True)
