"""Compiled matching: tokens of a record in, runs of the index out, each compared word by word.

Tokens are gathered first and looked up afterwards, so that the look-ups, which miss the caches
when there are many tasks, do not wait for one another.
"""

from typing import Any, NamedTuple

import numpy as np

from benchwright.contamination.scan.text_kernel import (
    BACKSLASH,
    BAD_STRING,
    LETTER_U,
    QUOTE,
    U,
    ascii_word,
    classify64,
    compiled,
    escaped,
    inlined,
    is_ascii_alnum,
    peek,
    poke,
    prefetch,
    short_word,
    slow_token,
    trailing_zeros,
)

GATHERED = 256
"""Tokens that are gathered before they are looked up; what is fetched for them stays cached."""
KEPT = 32
"""Tokens that stay gathered, so that a run may cross two look-ups; more than any run has."""
BASE = U(0xD6E8FEB86659FD93)
STEP_TOKENS = 64
"""Room for the tokens of one step, which looks at 64 bytes."""
SEED_WORDS = 5
"""A short task is looked up by its last words, as many as the shortest has."""

FILL, BEFORE, LOOKED_UP, HITS, LAST_END, LAST_TOKEN = range(6)
TAG_SHIFT = 32
PART_SHIFT = 48
_PLACE = (1 << PART_SHIFT) - 1


class Tables(NamedTuple):
    """All that is looked up and never changed; arrays, and numbers as arrays of one.

    Attributes:
        entries, parts: The fold table.
        filter: Blocked Bloom filter over the keys of all runs.
        slots: Open-addressing table: above TAG_SHIFT bits of the hash of a run, below them its
            slot and 1 (0: free). Runs of one hash stand one after the other.
        seed_slots: The same for the last words of short tasks; empty without any.
        slot_token: First token, counted over all tasks, of the first holder of every slot.
        slot_words: Words in every slot.
        text, token_starts: Folded tokens, as in `RunIndex`.
        run_words: Words in a run.
        has_seeds: Whether any task is short.
        run_weight, seed_weight: Weight of the oldest token in the rolling hash.
    """

    entries: Any
    parts: Any
    filter: Any
    slots: Any
    seed_slots: Any
    slot_token: Any
    slot_words: Any
    text: Any
    token_starts: Any
    run_words: Any
    has_seeds: Any
    run_weight: Any
    seed_weight: Any


class Where(NamedTuple):
    """The record that is read, its first byte, where its bytes end, and whether they are JSON."""

    record: Any
    begin: Any
    end: Any
    quoted: Any


class Work(NamedTuple):
    """What one call writes to.

    Attributes:
        begins: First byte of every gathered token; the part of the code point that it begins
            with stands above PART_SHIFT.
        values: Hash of every gathered token.
        runs, seeds: Rolling hash of the run, and of the seed, that ends with the token.
        passed: Twice the tokens whose seed passed the filter; and 1 more for the run.
        rolling: Rolling hashes of the run and of the seed.
        counts: Where the next token goes (FILL), the number of the token that stands first
            (BEFORE; KEPT places before the record are empty), what is LOOKED_UP, HITS, and record
            and index token of the last run that was equal (LAST_END, LAST_TOKEN).
        out: Room for one folded token of the index.
        hits: Record, first byte of the record, first token, slot.
    """

    begins: Any
    values: Any
    runs: Any
    seeds: Any
    passed: Any
    rolling: Any
    counts: Any
    out: Any
    hits: Any


@inlined
def filter_mask(key):
    """Return the three bits of a key in its word of the filter."""
    one = U(1)
    return one << (key & U(63)) | one << (key >> U(6) & U(63)) | one << (key >> U(12) & U(63))


@inlined
def filter_word(key, words):
    """Return which of the words (a power of two) of the filter a key has."""
    return np.int64((key >> U(20)) & U(words - 1))


@inlined
def entry_of(key, slot):
    """Return what an open-addressing table holds for a slot under a key."""
    return (key >> U(TAG_SHIFT)) << U(TAG_SHIFT) | U(slot + 1)


@inlined
def same_tag(entry, key):
    """Return whether an entry may be that of a key."""
    return (entry ^ key) >> U(TAG_SHIFT) == U(0)


@inlined
def slot_of(entry):
    """Return the slot of an entry."""
    return np.int64(entry & U((1 << TAG_SHIFT) - 1)) - 1


@inlined
def first_place(key, slots):
    """Return where an open-addressing table may first hold a key."""
    return np.int64(key) & np.int64(len(slots) - 1)


@inlined
def tokens_so_far(work):
    """Return how many tokens the record has so far."""
    return work.counts[BEFORE] + work.counts[FILL]


@compiled
def start_record(work):
    """Forget the tokens of the record before."""
    work.rolling[0] = U(0)
    work.rolling[1] = U(0)
    work.counts[FILL] = KEPT
    work.counts[BEFORE] = -KEPT
    work.counts[LOOKED_UP] = KEPT
    work.counts[LAST_END] = -1
    work.values[:KEPT] = U(0)


@compiled
def same_token(data, gathered, token, where, tables, work):
    """Return whether a gathered token folds to a token of the index."""
    low, high = tables.token_starts[token], tables.token_starts[token + 1]
    begin = work.begins[gathered]
    _, _, size, _, _, _ = slow_token(
        data,
        begin & _PLACE,
        begin >> PART_SHIFT,
        where.end,
        where.quoted,
        tables.entries,
        tables.parts,
        work.out,
        0,
    )
    same = size == high - low
    for offset in range(size if same else 0):
        same &= work.out[offset] == tables.text[low + offset]
    return same


@compiled
def note(data, last, slot, where, tables, work):
    """Compare the run that ends with a gathered token word by word, and note it when equal."""
    words, token = tables.slot_words[slot], tables.slot_token[slot]
    number = work.counts[BEFORE] + last
    if words > number + 1:
        return
    follows = work.counts[LAST_END] == number - 1 and work.counts[LAST_TOKEN] == token + words - 2
    for back in range(1 if follows else words):
        if not same_token(data, last - back, token + words - 1 - back, where, tables, work):
            return
    if words == tables.run_words:
        work.counts[LAST_END] = number
        work.counts[LAST_TOKEN] = token + words - 1
    at = work.counts[HITS]
    if at < len(work.hits):
        work.hits[at, 0] = where.record
        work.hits[at, 1] = where.begin
        work.hits[at, 2] = number - words + 1
        work.hits[at, 3] = slot
    work.counts[HITS] = at + 1


@compiled
def try_slots(data, last, key, slots, where, tables, work):
    """Try every slot that an open-addressing table may hold under a key."""
    mask = np.int64(len(slots) - 1)
    place = first_place(key, slots)
    while slots[place] != U(0):
        if same_tag(slots[place], key):
            note(data, last, slot_of(slots[place]), where, tables, work)
        place = (place + 1) & mask


@compiled
def look_up(data, where, tables, work):
    """Look every gathered token up that was not yet."""
    fill = work.counts[FILL]
    before = work.counts[BEFORE]
    has_seeds = tables.has_seeds
    shortest = SEED_WORDS if has_seeds else tables.run_words
    words, passed = len(tables.filter), np.int64(0)
    for last in range(max(work.counts[LOOKED_UP], shortest - 1 - before), fill):
        if has_seeds:
            seed = peek(work.seeds, last)
            mask = filter_mask(seed)
            if peek(tables.filter, filter_word(seed, words)) & mask == mask:
                prefetch(tables.seed_slots, first_place(seed, tables.seed_slots))
                poke(work.passed, passed, 2 * last)
                passed += 1
        run = peek(work.runs, last)
        mask = filter_mask(run)
        if peek(tables.filter, filter_word(run, words)) & mask == mask:
            prefetch(tables.slots, first_place(run, tables.slots))
            poke(work.passed, passed, 2 * last + 1)
            passed += 1
    for at in range(passed):
        last = work.passed[at] >> 1
        if work.passed[at] & 1:
            try_slots(data, last, work.runs[last], tables.slots, where, tables, work)
        else:
            try_slots(data, last, work.seeds[last], tables.seed_slots, where, tables, work)
    work.counts[LOOKED_UP] = fill


@compiled
def make_room(data, where, tables, work):
    """Look up what is gathered and keep only the tokens that a later run may begin with."""
    look_up(data, where, tables, work)
    fill = work.counts[FILL]
    for at in range(KEPT):
        work.begins[at] = work.begins[fill - KEPT + at]
        work.values[at] = work.values[fill - KEPT + at]
    work.counts[BEFORE] += fill - KEPT
    work.counts[FILL] = KEPT
    work.counts[LOOKED_UP] = KEPT


@inlined
def gather(begin, value, fill, run, seed, tables, work):
    """Take one token in; return the rolling hashes of the run and the seed that end with it."""
    run = run * BASE + value - peek(work.values, fill - tables.run_words) * tables.run_weight
    poke(work.runs, fill, run)
    prefetch(tables.filter, filter_word(run, len(tables.filter)))
    if tables.has_seeds:
        seed = seed * BASE + value - peek(work.values, fill - SEED_WORDS) * tables.seed_weight
        poke(work.seeds, fill, seed)
    poke(work.values, fill, value)
    poke(work.begins, fill, begin)
    return run, seed


@compiled
def keep(fill, run, seed, data, where, tables, work):
    """Write the running state down, and make room when less than a step's is left."""
    work.counts[FILL] = fill
    work.rolling[0], work.rolling[1] = run, seed
    if fill > GATHERED - STEP_TOKENS:
        make_room(data, where, tables, work)
    return work.counts[FILL]


@inlined
def plain_step(data, place, end, fill, run, seed, quoted, tables, work):
    """Gather the ASCII words that begin and end in the 64 bytes from a place.

    Returns (place, fill, run, seed, whether the byte there needs a closer look).
    """
    alnum, high, stops = classify64(data, place)
    special = high | stops if quoted else high
    reach = min(end - place, 64)
    if special != U(0):
        reach = min(reach, np.int64(trailing_zeros(special)))
    known = ~U(0) >> U(64 - reach) if reach else U(0)
    alnum &= known
    before = alnum << U(1)
    starts, ends = alnum & ~before, ~alnum & before & known
    while ends != U(0):
        start, stop = np.int64(trailing_zeros(starts)), np.int64(trailing_zeros(ends))
        starts &= starts - U(1)
        ends &= ends - U(1)
        begin, size = place + start, stop - start
        if size <= 16:
            value = short_word(data, begin, size)
        else:
            _, value = ascii_word(data, begin, end)
        run, seed = gather(begin, value, fill, run, seed, tables, work)
        fill += 1
    if starts != U(0):
        start = np.int64(trailing_zeros(starts))
        return place + start, fill, run, seed, start == 0 or reach < 64
    return place + reach, fill, run, seed, reach < 64


@compiled
def scan_text(data, place, end, where, tables, work):
    """Gather the tokens from a place to the closing quote, or to the end of plain text.

    Returns the place of the quote or the end; a negative one says what is wrong.
    """
    quoted = where.quoted
    run, seed = work.rolling[0], work.rolling[1]
    part, fill = np.int64(0), work.counts[FILL]
    if fill > GATHERED - STEP_TOKENS:
        fill = keep(fill, run, seed, data, where, tables, work)
    while place < end:
        if part == 0:
            byte = data[place]
            if byte < 128:
                place, fill, run, seed, is_special = plain_step(
                    data, place, end, fill, run, seed, quoted, tables, work
                )
                if fill > GATHERED - STEP_TOKENS:
                    fill = keep(fill, run, seed, data, where, tables, work)
                if not is_special or place >= end:
                    continue
                byte = data[place]
            if is_ascii_alnum(byte):
                begin = place
                place, value = ascii_word(data, place, end)
                after = data[place]
                continues = quoted and after == BACKSLASH and data[place + 1] == LETTER_U
                if place >= end or not (after >= 128 or continues):
                    run, seed = gather(begin, value, fill, run, seed, tables, work)
                    fill += 1
                    continue
                place = begin
            elif quoted and byte == QUOTE:
                break
            elif quoted and byte == BACKSLASH and escaped(data[place + 1]) > 0:
                place += 2
                continue
        place, part, size, value, begin, begin_part = slow_token(
            data, place, part, end, quoted, tables.entries, tables.parts, work.out, 0
        )
        if place < 0:
            break
        if size:
            begin |= begin_part << PART_SHIFT
            run, seed = gather(begin, value, fill, run, seed, tables, work)
            fill += 1
            if fill > GATHERED - STEP_TOKENS:
                fill = keep(fill, run, seed, data, where, tables, work)
    work.counts[FILL] = fill
    work.rolling[0], work.rolling[1] = run, seed
    return place if not quoted or place < end else np.int64(BAD_STRING)


@compiled
def scan_rows(data, offsets, tables, work):
    """Scan every row as one record of plain text; return the tokens of all."""
    total = np.int64(0)
    for row in range(len(offsets) - 1):
        where = Where(row, row, offsets[row + 1], False)
        start_record(work)
        scan_text(data, offsets[row], where.end, where, tables, work)
        look_up(data, where, tables, work)
        total += tokens_so_far(work)
    return total
