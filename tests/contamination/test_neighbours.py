from benchwright.contamination.items import Item
from benchwright.contamination.neighbours import common_of, nearest_neighbours
from benchwright.contamination.views import to_view
from benchwright.errors import Place

RULE = "Promise nothing that another person decides but hand it over at once."
TEXT = (
    "The head of the data group wrote on Monday that three of her people leave in spring and asked "
    "whether a team of ours could take over the reports before the audit begins in May."
)
OTHER = "A shop for garden tools wants a new basket page and has no time to look for designers."


def view(text, name="x"):
    return to_view(Item(id=name, place=Place(), input={"text": text, "rule": RULE}))


def test_the_nearest_comes_first_with_the_shared_words_and_a_clone_is_called_one():
    clone = TEXT.replace("Monday", "Friday").replace("three", "seven").replace("May", "June")
    quote = f"{OTHER} He said: could take over the reports before the audit begins."
    near = nearest_neighbours(
        view(TEXT), [view(OTHER), view(quote), view(clone)], common_of([RULE]), count=3
    )
    assert [one.place for one in near] == [2, 1, 0]
    assert [one.is_clone for one in near] == [True, False, False]
    shared = [view(TEXT).text[start:end] for start, end in near[1].spans]
    assert shared == ["could take over the reports before the audit begins"]
    assert near[1].longest_run_words == 9


def test_what_the_pack_says_itself_is_no_overlap():
    [one] = nearest_neighbours(view(TEXT), [view(OTHER)], common_of([RULE]), count=1)
    assert (one.spans, one.longest_run_words) == ((), 0)
    [one] = nearest_neighbours(view(TEXT), [view(OTHER)], common_of([]), count=1)
    assert one.longest_run_words == len(RULE.split())
