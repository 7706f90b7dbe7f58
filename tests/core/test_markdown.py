import pytest

from benchwright.markdown import table_lines


def test_a_cell_is_one_line_of_text_and_no_markup():
    lines = list(table_lines(("name", "value"), [("a|b\nc", 3), ("<b>*x*</b>", "")]))
    assert lines[:2] == ["| name | value |", "|---|---|"]
    assert lines[2] == "| a&#124;b c | 3 |"
    assert lines[3].endswith("| (empty) |")
    assert "<b>" not in lines[3]


@pytest.mark.parametrize(("value", "cell"), [("-0.25", "-0.25"), ("-0.25 |", "&#45;0.25 &#124;")])
def test_a_number_stays_a_number(value, cell):
    assert list(table_lines(("value",), [(value,)]))[2] == f"| {cell} |"


@pytest.mark.parametrize("rows", [[], [("x", 1)]])
def test_a_table_has_a_line_a_row(rows):
    assert len(list(table_lines(("name", "value"), rows))) == 2 + len(rows)
