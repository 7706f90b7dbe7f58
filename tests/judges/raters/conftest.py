from datetime import UTC, datetime, timedelta

import pytest

from benchwright.labels import RawLabel

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def label():
    return make_label


@pytest.fixture
def given():
    return make_pass


def make_label(task, scores, **fields):
    at = fields.pop("at", START)
    values = {
        "task_id": task,
        "annotator": "ana",
        "kind": "person",
        "scores": scores,
        "labelled_at": at,
        "session": "s",
        "blind": True,
        **fields,
    }
    return RawLabel.model_validate(values)


def make_pass(annotator, rows, *, number=1, hours=0.0, dimension="tone", **fields):
    """Return one label a row, a minute apart; a row is a score, None for skipped, or `...`."""
    return [
        make_label(
            f"t{index}",
            {} if row is None else {dimension: row},
            skipped=(dimension,) if row is None else (),
            annotator=annotator,
            pass_number=number,
            at=START + timedelta(hours=hours, minutes=index),
            **fields,
        )
        for index, row in enumerate(rows)
        if row is not ...
    ]
