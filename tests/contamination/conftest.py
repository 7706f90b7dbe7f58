"""A task of a few words, with everything a test does not name filled in."""

import pytest

from benchwright import Task


def build_task(text="Write to Ada about the bench.", *, lineage=("cell:f:a",), **fields):
    provenance = {
        "mode": fields.pop("mode", "programmatic"),
        "template": fields.pop("template", {"name": "f", "sha256": "0" * 64}),
        "slots": fields.pop("slots", {"stack": "python"}),
        "seed": 1,
        "author": "rules",
        "lineage_keys": list(lineage),
        "parents": fields.pop("parents", []),
    }
    return Task.create(
        **{
            "dimension": "honesty",
            "difficulty": "easy",
            "input": text if isinstance(text, dict) else {"text": text},
            "reference": {"subject": "s", "body": "b"},
            "rubric": {"checks": [{"kind": "length", "params": {"max_words": 9}}]},
            "provenance": provenance,
            **fields,
        }
    )


@pytest.fixture(name="build_task")
def _build_task():
    return build_task
