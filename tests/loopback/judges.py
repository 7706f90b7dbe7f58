"""Replies of a judge for the loopback server: a score for each question, with a true quote."""

import json

QUESTIONS = {
    "input_coherence": "is its input coherent?",
    "ground_truth_verifiability": "can its ground truth be verified?",
    "rubric_application_clarity": "can its rubric be applied clearly?",
}


def dimension_of(body):
    """Return which dimension a request asks for; None for a comparison."""
    system = body["messages"][0]["content"]
    return next((name for name, text in QUESTIONS.items() if text in system), None)


def shown_of(body):
    """Return the text between the markers of a request."""
    lines = body["messages"][1]["content"].splitlines()
    marks = [i for i, line in enumerate(lines) if line.startswith("=====TASK-")]
    return "\n".join(lines[marks[0] + 1 : marks[1]])


def is_repair(body):
    """Say whether a request asks again."""
    return len(body["messages"]) > 2


def reply(score, quote, reason="It fits the level."):
    """Return a well-formed reply."""
    return json.dumps({"evidence": [quote], "reason": reason, "score": score})


def scoring(score_of):
    """Return an answer for the server: `score_of(model, dimension, text)` gives each score."""

    def answer(body):
        dimension, text = dimension_of(body), shown_of(body)
        if dimension is None:
            return json.dumps({"reason": "Alike.", "better": "same"})
        return reply(score_of(body["model"], dimension, text), text.splitlines()[0])

    return answer
