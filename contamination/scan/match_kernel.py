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
    LOWEST_PRINTABLE,
    QUOTE,
    U,
    ascii_word,
    compiled,
    finish,
    inlined,
    is_ascii_alnum,
    slow_token,
)

GATHERED = 4096
"""Tokens that are gathered before they are looked up."""
KEPT = 32
"""Tokens that stay gathered, so that a run may cross two look-ups; more than any run has."""
BASE = U(0xD6E8FEB86659FD93)
SEED_WORDS = 5
"""A short task is looked up by its last words, as many as the shortest has."""

FILL, TOKENS, LOOKED_UP, HITS, LAST_END, LAST_TOKEN = range(6)
PART_SHIFT = 48
_PLACE = (1 << PART_SHIFT) - 1


class Tables(NamedTuple):
    """All that is looked up and never changed; arrays, and numbers as arrays of one.

    Attributes:
        entries, parts: The fold table.
        filter: Blocked Bloom filter over the keys of all runs.
        keys, key_slots: Open-addressing table: hash of a run (0: free) and its slot. Runs of
            one hash stand one after the other.
        seed_keys, seed_slots: The same for the last words of short tasks; empty without any.
        slot_token: First token, counted over all tasks, of the first holder of every slot.
        slot_words: Words in every slot.
        text, token_starts: Folded tokens, as in `RunIndex`.
        run_words: Words in a run.
        oldest_weight: Weight of the oldest token in the rolling hash of a run and of a seed.
    """

    entries: Any
    parts: Any
    filter: Any
    keys: Any
    key_slots: Any
    seed_keys: Any
    seed_slots: Any
    slot_token: Any
    slot_words: Any
    text: Any
    token_starts: Any
    run_words: Any
    oldest_weight: Any


class Where(NamedTuple):
    """The record that is read, its first byte in the block, and whether it is a JSON string."""

    record: Any
    begin: Any
    quoted: Any


class Work(NamedTuple):
    """What one call writes to.

    Attributes:
        begins, ends: Where every gathered token was written; the part of the code point that
            it begins with stands above PART_SHIFT.
        runs, seeds: Hash of the run, and of the seed, that ends with the token.
        ring: Hashes of the last KEPT tokens.
        rolling: Rolling hashes of the run and of the seed.
        counts: See FILL, TOKENS, LOOKED_UP, HITS, LAST_END, LAST_TOKEN.
        out: Room for one folded token of the index.
        hits: Record, first byte of the record, first token, slot.
    """

    begins: Any
    ends: Any
    runs: Any
    seeds: Any
    ring: Any
    rolling: Any
    counts: Any
    out: Any
    hits: Any


@inlined
def filter_mask(key):  # type: ignore[no-untyped-def]
    """Return the three bits of a key in its word of the filter."""
    one = U(1)
    return one << (key & U(63)) | one << (key >> U(6) & U(63)) | one << (key >> U(12) & U(63))


@inlined
def filter_word(key, words):  # type: ignore[no-untyped-def]
    """Return which of the words (a power of two) of the filter a key has."""
    return np.int64((key >> U(20)) & U(words - 1))


@inlined
def usable(key):  # type: ignore[no-untyped-def]
    """Return a key that is not 0, which means free."""
    return key if key != U(0) else U(1)


@compiled
def start_record(work):  # type: ignore[no-untyped-def]
    """Forget the tokens of the record before."""
    work.rolling[0] = U(0)
    work.rolling[1] = U(0)
    work.counts[FILL] = 0
    work.counts[TOKENS] = 0
    work.counts[LOOKED_UP] = 0
    work.counts[LAST_END] = -1
    work.ring[:] = U(0)


@compiled
def same_token(data, gathered, token, quoted, tables, work):  # type: ignore[no-untyped-def]
    """Return whether a gathered token folds to a token of the index."""
    low, high = tables.token_starts[token], tables.token_starts[token + 1]
    begin = work.begins[gathered]
    _, _, size, _, _, _, _ = slow_token(
        data,
        begin & _PLACE,
        begin >> PART_SHIFT,
        work.ends[gathered],
        quoted,
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
def note(data, last, slot, where, tables, work):  # type: ignore[no-untyped-def]
    """Compare the run that ends with a gathered token word by word, and note it when equal."""
    words, token = tables.slot_words[slot], tables.slot_token[slot]
    number = work.counts[TOKENS] - work.counts[FILL] + last
    if words > number + 1:
        return
    follows = work.counts[LAST_END] == number - 1 and work.counts[LAST_TOKEN] == token + words - 2
    for back in range(1 if follows else words):
        if not same_token(data, last - back, token + words - 1 - back, where.quoted, tables, work):
            return
    if words == tables.run_words[0]:
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
def try_slots(data, last, key, keys, slots, where, tables, work):  # type: ignore[no-untyped-def]
    """Try every slot that an open-addressing table holds under a key."""
    mask = U(len(keys) - 1)
    place = np.int64(key & mask)
    while keys[place] != U(0):
        if keys[place] == key:
            note(data, last, slots[place], where, tables, work)
        place = (place + 1) & np.int64(mask)


@compiled
def look_up(data, where, tables, work):  # type: ignore[no-untyped-def]
    """Look every gathered token up that was not yet."""
    fill = work.counts[FILL]
    before = work.counts[TOKENS] - fill
    has_seeds = len(tables.seed_keys) > 0
    shortest = SEED_WORDS if has_seeds else tables.run_words[0]
    words = len(tables.filter)
    for last in range(max(work.counts[LOOKED_UP], shortest - 1 - before), fill):
        if has_seeds:
            seed = work.seeds[last]
            mask = filter_mask(seed)
            if tables.filter[filter_word(seed, words)] & mask == mask:
                try_slots(
                    data, last, seed, tables.seed_keys, tables.seed_slots, where, tables, work
                )
        run = work.runs[last]
        mask = filter_mask(run)
        if tables.filter[filter_word(run, words)] & mask == mask:
            try_slots(data, last, run, tables.keys, tables.key_slots, where, tables, work)
    work.counts[LOOKED_UP] = fill


@compiled
def make_room(data, where, tables, work):  # type: ignore[no-untyped-def]
    """Look up what is gathered and keep only the tokens that a later run may begin with."""
    look_up(data, where, tables, work)
    fill = work.counts[FILL]
    for at in range(KEPT):
        work.begins[at] = work.begins[fill - KEPT + at]
        work.ends[at] = work.ends[fill - KEPT + at]
    work.counts[FILL] = KEPT
    work.counts[LOOKED_UP] = KEPT


@inlined
def gather(begin, end, value, fill, number, run, seed, tables, work):  # type: ignore[no-untyped-def]
    """Take one token in; return the rolling hashes of the run and the seed that end with it."""
    run_words = tables.run_words[0]
    oldest = work.ring[(number - run_words) & (KEPT - 1)]
    run = run * BASE + value - oldest * tables.oldest_weight[0]
    work.runs[fill] = usable(finish(run))
    if len(tables.seed_keys) > 0:
        oldest = work.ring[(number - SEED_WORDS) & (KEPT - 1)]
        seed = seed * BASE + value - oldest * tables.oldest_weight[1]
        work.seeds[fill] = usable(finish(seed))
    work.ring[number & (KEPT - 1)] = value
    work.begins[fill] = begin
    work.ends[fill] = end
    return run, seed


@compiled
def scan_text(data, place, end, where, tables, work):  # type: ignore[no-untyped-def]
    """Gather the tokens from a place to the closing quote, or to the end of plain text.

    Returns the place of the quote or the end; a negative one says what is wrong.
    """
    quoted = where.quoted
    fill, number = work.counts[FILL], work.counts[TOKENS]
    run, seed = work.rolling[0], work.rolling[1]
    part = np.int64(0)
    while place < end:
        byte = data[place]
        if part == 0:
            if is_ascii_alnum(byte):
                begin = place
                place, value = ascii_word(data, place, end)
                after = data[place]
                goes_on = after >= 128 or (quoted and after == BACKSLASH)
                if (
                    place >= end
                    or not goes_on
                    or (after == BACKSLASH and data[place + 1] != LETTER_U)
                ):
                    run, seed = gather(begin, place, value, fill, number, run, seed, tables, work)
                    fill, number = fill + 1, number + 1
                    if fill == GATHERED:
                        work.counts[FILL], work.counts[TOKENS] = fill, number
                        make_room(data, where, tables, work)
                        fill = work.counts[FILL]
                    continue
                place = begin
            elif byte < 128 and (not quoted or byte != BACKSLASH):
                if quoted and byte == QUOTE:
                    break
                if quoted and byte < LOWEST_PRINTABLE:
                    place = np.int64(BAD_STRING)
                    break
                place += 1
                continue
        place, part, size, value, begin, begin_part, stop = slow_token(
            data, place, part, end, quoted, tables.entries, tables.parts, work.out, 0
        )
        if place < 0:
            break
        if size:
            begin |= begin_part << PART_SHIFT
            run, seed = gather(begin, stop, value, fill, number, run, seed, tables, work)
            fill, number = fill + 1, number + 1
            if fill == GATHERED:
                work.counts[FILL], work.counts[TOKENS] = fill, number
                make_room(data, where, tables, work)
                fill = work.counts[FILL]
    work.counts[FILL], work.counts[TOKENS] = fill, number
    work.rolling[0], work.rolling[1] = run, seed
    return place if not quoted or place < end else np.int64(BAD_STRING)


@compiled
def scan_rows(data, offsets, tables, work):  # type: ignore[no-untyped-def]
    """Scan every row as one record of plain text; return the tokens of all."""
    total = np.int64(0)
    for row in range(len(offsets) - 1):
        where = Where(row, row, False)
        start_record(work)
        scan_text(data, offsets[row], offsets[row + 1], where, tables, work)
        look_up(data, where, tables, work)
        total += work.counts[TOKENS]
    return total
