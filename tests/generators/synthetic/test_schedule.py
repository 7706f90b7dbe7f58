from collections import Counter
from types import SimpleNamespace

from benchwright.generators.synthetic.schedule import author_of, author_order, over_share

MODELS = [SimpleNamespace(model=name) for name in ("a/one", "b/two", "c/three")]


def test_every_author_writes_as_often_as_the_others_whatever_the_order_of_the_config():
    written = Counter(author_of("cell", index, MODELS).model for index in range(30))
    assert set(written.values()) == {10}
    again = [author_of("cell", index, MODELS[::-1]).model for index in range(6)]
    assert again == [author_of("cell", index, MODELS).model for index in range(6)]


def test_cells_begin_with_different_authors():
    assert len({author_order(f"cell {n}", MODELS)[0].model for n in range(20)}) == 3


def test_a_barred_author_writes_nothing_and_nobody_left_is_said():
    barred = frozenset({"a/one"})
    assert {author_of("c", n, MODELS, barred=barred).model for n in range(9)} == {
        "b/two",
        "c/three",
    }
    assert author_of("c", 0, MODELS, barred=frozenset(m.model for m in MODELS)) is None


def test_a_lineage_at_its_share_is_named_and_one_below_it_is_not():
    accepted = {"r1": ("meta",), "r2": ("meta", "nvidia"), "r3": ("qwen",)}
    assert over_share(accepted, wanted=4, max_share=0.5) == {"meta"}
    assert over_share(accepted, wanted=10, max_share=0.5) == frozenset()
