"""Compiled indexing: folded tokens of the tasks, their distinct runs, the tables over them."""

import numpy as np

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.scan.match_kernel import (
    BASE,
    SEED_WORDS,
    filter_mask,
    filter_word,
    usable,
)
from benchwright.contamination.scan.text_kernel import (
    U,
    compiled,
    finish_token,
    is_ascii_alnum,
    load8,
    mix,
    slow_token,
)


@compiled
def fold_rows(data, offsets, entries, parts, out, token_starts, task_starts):
    """Write the folded tokens of every row, as far as the arrays reach.

    Returns (bytes, tokens), however much of it was written.
    """
    size, number = 0, 0
    for row in range(len(offsets) - 1):
        place, end, part = offsets[row], offsets[row + 1], np.int64(0)
        while place < end:
            if part == 0 and data[place] < 128 and not is_ascii_alnum(data[place]):
                place += 1
                continue
            place, part, wide, _, _, _ = slow_token(
                data, place, part, end, False, entries, parts, out, size
            )
            if wide:
                size, number = size + wide, number + 1
                if number < len(token_starts):
                    token_starts[number] = size
        if row + 1 < len(task_starts):
            task_starts[row + 1] = number
    return size, number


@compiled
def token_hashes(text, token_starts, hashes):
    """Hash every folded token as the scan does; `text` has eight bytes more than its tokens."""
    for token in range(len(hashes)):
        place, end = token_starts[token], token_starts[token + 1]
        state, chunks = U(0), 0
        while end - place >= 8:
            state, chunks = mix(state, load8(text, place)), chunks + 1
            place += 8
        if place < end:
            rest = load8(text, place) & ((U(1) << U(8 * (end - place))) - U(1))
            state, chunks = mix(state, rest), chunks + 1
        hashes[token] = finish_token(state, chunks)


@compiled
def run_hash(hashes, token, words):
    """Return the hash of a run of tokens."""
    rolling = U(0)
    for at in range(token, token + words):
        rolling = rolling * BASE + hashes[at]
    return rolling


@compiled
def list_runs(hashes, task_starts, run_words, keys, tasks, tokens, sizes):
    """List every run of every task: its hash, task, first token and words; return how many."""
    count = 0
    for task in range(len(task_starts) - 1):
        begin, end = task_starts[task], task_starts[task + 1]
        words = min(end - begin, run_words)
        if words < MIN_COMPARABLE_WORDS:
            continue
        for token in range(begin, end - words + 1):
            keys[count] = run_hash(hashes, token, words)
            tasks[count], tokens[count], sizes[count] = task, token, words
            count += 1
    return count


@compiled
def same_run(text, token_starts, left, right, words):
    """Return whether two runs of as many tokens are equal."""
    begin, other = token_starts[left], token_starts[right]
    for at in range(1, words + 1):
        if token_starts[left + at] - begin != token_starts[right + at] - other:
            return False
    for offset in range(token_starts[left + words] - begin):
        if text[begin + offset] != text[other + offset]:
            return False
    return True


@compiled
def number_slots(keys, tokens, sizes, text, token_starts, table, table_slots, first, slots):
    """Number the distinct runs in order of first occurrence; return how many.

    Fills the open-addressing table, and the slot of every run. Runs of one hash that are not
    equal get slots of their own.
    """
    mask = np.int64(len(table) - 1)
    count = 0
    for run in range(len(keys)):
        key = usable(keys[run])
        place = np.int64(key) & mask
        while table[place] != U(0):
            other = first[table_slots[place]]
            if (
                table[place] == key
                and sizes[other] == sizes[run]
                and same_run(text, token_starts, tokens[other], tokens[run], sizes[run])
            ):
                break
            place = (place + 1) & mask
        if table[place] == U(0):
            table[place], table_slots[place] = key, count
            first[count] = run
            count += 1
        slots[run] = table_slots[place]
    return count


@compiled
def fill_keys(keys, slots, table, table_slots):
    """Put slots under their keys into an open-addressing table."""
    mask = np.int64(len(table) - 1)
    for at in range(len(keys)):
        key = usable(keys[at])
        place = np.int64(key) & mask
        while table[place] != U(0):
            place = (place + 1) & mask
        table[place], table_slots[place] = key, slots[at]


@compiled
def fill_filter(keys, words):
    """Put keys into the filter."""
    for key in keys:
        words[filter_word(key, len(words))] |= filter_mask(key)


@compiled
def slot_keys(hashes, slot_token, slot_words, keys, seeds):
    """Hash every slot, and the last words of every slot."""
    for slot in range(len(slot_token)):
        token, words = slot_token[slot], slot_words[slot]
        keys[slot] = run_hash(hashes, token, words)
        seeds[slot] = run_hash(hashes, token + words - SEED_WORDS, SEED_WORDS)
