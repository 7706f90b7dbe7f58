import pytest

from benchwright.judges.panel.prompts import DIMENSIONS, question_and_rules
from benchwright.judges.review.questions import label_questions
from benchwright.judges.review.schedule import order


def test_people_are_asked_the_judges_questions_with_the_judges_levels():
    questions = label_questions()
    assert [q.name for q in questions] == [*DIMENSIONS, "decision"]
    for question in questions[:-1]:
        prompt = " ".join(question_and_rules(question.name)[0].split())
        levels = {choice.value: choice.text for choice in question.choices}
        assert list(levels) == ["5", "4", "3", "2", "1", "skip"]
        for value in "12345":
            assert f"{value} - {levels[value]}" in prompt
        assert question.text in prompt
        assert question.title.endswith("?")


def test_no_question_uses_a_key_twice_or_one_of_the_page():
    for question in label_questions():
        keys = [choice.key for choice in question.choices]
        assert len(set(keys)) == len(keys)
        assert not set(keys) & {"u", "n", "v", "?", "Enter"}


@pytest.mark.parametrize("count", [2, 3, 30])
def test_no_second_pass_has_the_order_of_the_first(count):
    ids = dict.fromkeys(map(str, range(count)))
    for rater in map(str, range(40)):
        first, second = (order(ids, rater, 0, number) for number in (1, 2))
        assert sorted(first) == sorted(second) == sorted(ids)
        assert first != second
