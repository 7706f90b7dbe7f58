"""Compiled indexing: folded tokens of the tasks, their distinct runs, the tables over them."""

import numpy as np

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.scan.match_kernel import (
    BASE,
    entry_of,
    filter_mask,
    filter_word,
    same_tag,
    slot_of,
)
from benchwright.contamination.scan.text_kernel import (
    U,
    ascii_word,
    compiled,
    finish_token,
    is_ascii_alnum,
    load8,
    mix,
    prefetch,
    slow_token,
)

AHEAD = 16
"""How many runs further on the tables are fetched into the caches."""


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
            after, _ = ascii_word(data, place, end)
            if part == 0 and (after == end or data[after] < 128):
                wide = after - place
                for offset in range(min(wide, len(out) - size)):
                    out[size + offset] = data[place + offset] | 32
                place = after
            else:
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
def list_runs(hashes, task_starts, run_words, weight, keys, tasks, tokens, sizes):
    """List every run of every task: its hash, task, first token and words; return how many.

    `weight` is what the oldest token of a run counts for in its hash.
    """
    count = 0
    for task in range(len(task_starts) - 1):
        begin, end = task_starts[task], task_starts[task + 1]
        words = min(end - begin, run_words)
        if words < MIN_COMPARABLE_WORDS:
            continue
        rolling = run_hash(hashes, begin, words)
        for token in range(begin, end - words + 1):
            if token > begin:
                rolling = rolling * BASE + hashes[token + words - 1] - hashes[token - 1] * weight
            keys[count] = rolling
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
def number_slots(keys, tokens, sizes, text, token_starts, table, first, slots):
    """Number the distinct runs in order of first occurrence; return how many.

    Fills the open-addressing table, the first run of every slot, and the slot of every run. Runs
    of one hash that are not equal get slots of their own.
    """
    mask = np.int64(len(table) - 1)
    count = 0
    for run in range(len(keys)):
        prefetch(table, np.int64(keys[min(run + AHEAD, len(keys) - 1)]) & mask)
        key = keys[run]
        place = np.int64(key) & mask
        slot = count
        while table[place] != U(0):
            if same_tag(table[place], key):
                other = first[slot_of(table[place])]
                left, right = tokens[other], tokens[run]
                if sizes[other] == sizes[run] and same_run(
                    text, token_starts, left, right, sizes[run]
                ):
                    slot = slot_of(table[place])
                    break
            place = (place + 1) & mask
        if slot == count:
            table[place] = entry_of(key, slot)
            first[slot] = run
            count += 1
        slots[run] = slot
    return count


@compiled
def order_holders(slots, tasks, tokens, places, holder_task, holder_token):
    """Put the holders of every slot side by side; `places` is where the first of each goes."""
    for run in range(len(slots)):
        at = places[slots[run]]
        holder_task[at], holder_token[at] = tasks[run], tokens[run]
        places[slots[run]] = at + 1


@compiled
def fill_slots(keys, slots, table):
    """Put slots under their keys into an open-addressing table."""
    mask = np.int64(len(table) - 1)
    for at in range(len(keys)):
        prefetch(table, np.int64(keys[min(at + AHEAD, len(keys) - 1)]) & mask)
        place = np.int64(keys[at]) & mask
        while table[place] != U(0):
            place = (place + 1) & mask
        table[place] = entry_of(keys[at], slots[at])


@compiled
def fill_filter(keys, words):
    """Put keys into the filter."""
    for at in range(len(keys)):
        prefetch(words, filter_word(keys[min(at + AHEAD, len(keys) - 1)], len(words)))
        words[filter_word(keys[at], len(words))] |= filter_mask(keys[at])


@compiled
def run_hashes(hashes, tokens, sizes, keys):
    """Hash runs of so many words from tokens."""
    for at in range(len(tokens)):
        keys[at] = run_hash(hashes, tokens[at], sizes[at])
