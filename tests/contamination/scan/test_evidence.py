import random
from itertools import pairwise

import numpy as np
import pytest

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan import evidence as evidence_module
from benchwright.contamination.scan.engine import PADDING
from benchwright.contamination.scan.evidence import Evidence, merged
from benchwright.contamination.scan.index import index_texts
from benchwright.contamination.scan.quoting import quote
from benchwright.contamination.scan.reference import ReferenceEngine

FEW = ["a", "b", "c", "d", "é", "界", "ő", "Straße", "ﬁ"]


def _naive(index, records):
    """Return (record, task): (shared runs, longest words) by sets of runs, passages apart."""
    size = index.run_words
    tasks = [index.run(int(a), int(b - a)) for a, b in pairwise(index.task_starts)]
    runs = [
        [t[i : i + min(size, len(t))] for i in range(len(t) - min(size, len(t)) + 1)]
        if len(t) >= 5
        else []
        for t in tasks
    ]
    holders = {}
    for task, held in enumerate(runs):
        for run in held:
            holders.setdefault(run, set()).add(task)
    shared = {run for run, held in holders.items() if len(held) >= 8}
    found = {}
    for at, record in enumerate(records):
        words = [token.text for token in tokens(record)]
        met = {tuple(words[i : i + n]) for n in (5, 6, 7, 8) for i in range(len(words) - n + 1)}
        for task, held in enumerate(runs):
            hits = [i for i, run in enumerate(held) if run in met]
            if any(held[i] not in shared for i in hits):
                longest = best = 0
                for i in range(len(held)):
                    longest = longest + 1 if i in hits else 0
                    best = max(best, longest)
                found[at, task] = len(hits), best - 1 + min(size, len(tasks[task]))
    return found


@pytest.mark.parametrize("expanded", [1, 40, 10**6])
@pytest.mark.parametrize("seed", range(4))
def test_pairs_equal_a_naive_count_over_random_texts(monkeypatch, expanded, seed):
    monkeypatch.setattr(evidence_module, "MAX_EXPANDED", expanded)
    draw = random.Random(seed)
    boiler = " ".join(draw.choices(FEW, k=10))
    texts = [
        f"{boiler if n % 2 else ''} {' '.join(draw.choices(FEW, k=draw.randint(2, 30)))}"
        for n in range(24)
    ]
    records = [" ".join(draw.choices(FEW, k=draw.randint(0, 60))) for _ in range(20)]
    for at in range(0, 20, 3):
        records[at] += f" {draw.choice(texts)} {boiler} {draw.choice(texts)}"
    index = index_texts(texts, 8)
    rows = [record.encode() for record in records]
    data = np.frombuffer(b"".join((*rows, bytes(PADDING))), np.uint8)
    result = ReferenceEngine(index).scan_rows(data, np.cumsum([0, *map(len, rows)]))
    held = Evidence(index)
    pairs = held.pairs(result)
    got = {
        (int(r), int(t)): (int(n), int(w))
        for r, t, n, w in zip(
            pairs.record, pairs.task, pairs.runs, pairs.longest_words, strict=True
        )
    }
    assert got == _naive(index, records)
    assert len(got) == len(pairs) > 5
    counts = {slot: n for slot, n, _, _ in held.passages(result)}
    assert (
        counts
        == {
            slot: len(set(result.hit_record[result.hit_slot == slot].tolist()))
            for slot in set(result.hit_slot.tolist())
            if held.is_passage[slot]
        }
        != {}
    )


@pytest.mark.parametrize("words", [12, 40, 900])
def test_a_quote_marks_the_tokens_it_was_asked_for(words):
    draw = random.Random(words)
    text = " ".join(draw.choices([*FEW, "plain", "words,", "go!"], k=words))
    held = tokens(text)
    first, last = len(held) // 2, len(held) // 2 + 5
    excerpt = quote(text, [(first, last), (last + 1, len(held))])
    begin = text.index(excerpt.text)
    assert excerpt.spans[0] == (held[first].start - begin, held[last - 1].end - begin)
    assert len(excerpt.text) <= 600
    assert all(0 <= a < b <= len(excerpt.text) for a, b in excerpt.spans)


def test_a_quote_of_a_lone_surrogate_is_writable():
    excerpt = quote("a \ud800 b", [(0, 2)])
    assert excerpt.text.encode() == b"a ? b"


@pytest.mark.parametrize("seed", range(12))
def test_a_quote_spans_the_tokens_that_the_normaliser_cuts_in_any_script(seed):
    draw = random.Random(seed)
    scripts = ["abc 12-", "éßﬁ½ ", "界の한 ", "a\u0301\u200d\u00ad ", "\u3000\u00a0\x1c x"]
    used = draw.sample(scripts, seed % 6)
    text = "".join(draw.choice(draw.choice([*used, "word "])) for _ in range(9_000))
    cut = tokens(text)
    near = range(at := draw.randrange(3, len(cut) - 90), at + 80)
    ranges = merged(sorted(draw.sample(near, 9)), 8)
    start = max(0, cut[ranges[0][0]].start - 80)
    expected = [(cut[a].start - start, min(cut[b - 1].end - start, 600)) for a, b in ranges]
    excerpt = quote(text, ranges)
    assert excerpt.text == text[start : start + 600]
    assert excerpt.spans == tuple(span for span in expected if span[0] < len(excerpt.text))


def test_ranges_join_where_they_touch_and_stay_apart_a_token_further():
    assert merged([12, 0, 4, 4], 8) == [(0, 20)]
    assert merged([0, 9], 8) == [(0, 8), (9, 17)]
    assert merged([], 8) == []
