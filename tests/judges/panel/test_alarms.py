import pytest

from benchwright.judges.panel.alarms import panel_alarms
from benchwright.judging import JudgeUse


def use(model, lineage, tasks=10):
    return JudgeUse(model=model, lineage=lineage, tasks=tasks)


MISTRAL, QWEN = use("a", ("mistral",)), use("b", ("qwen",))
DISTILLED = use("c", ("deepseek", "qwen"))


@pytest.mark.parametrize(
    ("uses", "effective"),
    [
        ([MISTRAL], "1.00"),
        ([QWEN, DISTILLED], "1.00"),
        ([QWEN, use("d", ("deepseek",)), DISTILLED], "1.00"),
        ([MISTRAL, use("b", ("qwen",), tasks=1)], "1.20"),
    ],
)
def test_a_panel_of_one_lineage_or_nearly_so_is_l009(uses, effective):
    [alarm] = panel_alarms(uses)
    assert alarm.startswith(f"L009: the panel counts as {effective} judges")


@pytest.mark.parametrize("uses", [[MISTRAL, QWEN], [MISTRAL, DISTILLED], [], [use("offline", ())]])
def test_a_mixed_panel_and_one_that_was_not_asked_are_not(uses):
    assert panel_alarms(uses) == ()
