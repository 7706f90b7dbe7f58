"""Compiled reading of JSON Lines: every value of every record goes to the matcher, keys do not.

The grammar is checked as `json.loads` checks it (NaN and Infinity pass), so that a record is
either read whole or counted as failed.
"""

from typing import Any, NamedTuple

import numpy as np

from benchwright.contamination.scan.engine import MAX_DEPTH
from benchwright.contamination.scan.match_kernel import (
    HITS,
    Where,
    look_up,
    scan_text,
    start_record,
    tokens_so_far,
)
from benchwright.contamination.scan.text_kernel import (
    BACKSLASH,
    BAD_STRING,
    LOWEST_PRINTABLE,
    QUOTE,
    U,
    code_point,
    compiled,
    ends_of_word,
    inlined,
    load8,
    put_utf8,
    trailing_zeros,
)

BAD_GRAMMAR = BAD_STRING
BAD_DEPTH = -3
NEW_LINE, COMMA, COLON = 10, 44, 58
OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST = 123, 125, 91, 93
LITERALS = np.frombuffer(b"true false null NaN Infinity -Infinity ", np.uint8)

RECORDS, ALL_TOKENS, WITHOUT_FIELD, FAILED, BLANK_LINES, NEXT = range(6)


class Select(NamedTuple):
    """Which keys of the outermost object are read.

    Attributes:
        names, starts: Field f is names[starts[f]:starts[f + 1]] in UTF-8; no field for all.
        key: Room for one key, longer than every field.
    """

    names: Any
    starts: Any
    key: Any


@inlined
def skip_blank(data, place, end):
    """Return the first place that holds no space, tab or carriage return."""
    while place < end and (data[place] == 32 or data[place] == 9 or data[place] == 13):
        place += 1
    return place


@compiled
def skip_string(data, place, end):
    """Return the place of the closing quote of a valid string; a negative one when it is bad."""
    while place < end:
        stops = ends_of_word(load8(data, place))
        if stops == U(0):
            place += 8
            continue
        place += np.int64(trailing_zeros(stops) >> U(3))
        if place >= end:
            break
        byte = data[place]
        if byte == QUOTE:
            return place
        if LOWEST_PRINTABLE <= byte < 128 and byte != BACKSLASH:
            place += 1
            continue
        code, width = code_point(data, place, end, True)
        if width == 0:
            return code
        place += width
    return np.int64(BAD_STRING)


@compiled
def is_selected(data, place, end, select):
    """Return whether the key between two quotes is one of the fields, escapes resolved."""
    size = 0
    while place < end:
        code, width = code_point(data, place, end, True)
        if 0xD800 <= code <= 0xDFFF or size + 4 > len(select.key):
            return False
        _, wide = put_utf8(select.key, size, code)
        size, place = size + wide, place + width
    for field in range(len(select.starts) - 1):
        low, high = select.starts[field], select.starts[field + 1]
        same = high - low == size
        for offset in range(size if same else 0):
            same &= select.names[low + offset] == select.key[offset]
        if same:
            return True
    return False


@compiled
def skip_digits(data, place, end):
    """Return the first place that holds no digit."""
    while place < end and 48 <= data[place] <= 57:
        place += 1
    return place


@compiled
def number_end(data, place, end):
    """Return where the number at a place ends; a negative place when there is none."""
    if data[place] == 45:
        place += 1
    after = skip_digits(data, place, end)
    if after == place or (data[place] == 48 and after > place + 1):
        return np.int64(BAD_GRAMMAR)
    place = after
    if place < end and data[place] == 46:
        after = skip_digits(data, place + 1, end)
        if after == place + 1:
            return np.int64(BAD_GRAMMAR)
        place = after
    if place < end and data[place] | 32 == 101:
        place += 1
        if place < end and (data[place] == 43 or data[place] == 45):
            place += 1
        after = skip_digits(data, place, end)
        if after == place:
            return np.int64(BAD_GRAMMAR)
        place = after
    return place


@compiled
def literal_end(data, place, end):
    """Return where the literal at a place ends; a negative place when there is none."""
    begin = 0
    for stop in range(len(LITERALS)):
        if LITERALS[stop] == 32:
            same = place + stop - begin <= end
            for offset in range(stop - begin if same else 0):
                same &= data[place + offset] == LITERALS[begin + offset]
            if same:
                return place + stop - begin
            begin = stop + 1
    return np.int64(BAD_GRAMMAR)


@compiled
def scan_scalar(data, place, end, taken, where, tables, work):
    """Read a string, number or literal; return where it ends, negative when it is not valid."""
    byte = data[place]
    if byte == QUOTE:
        if taken:
            place = scan_text(data, place + 1, end, where, tables, work)
        else:
            place = skip_string(data, place + 1, end)
        return place + 1 if place >= 0 else place
    is_number = 48 <= byte <= 57 or (byte == 45 and place + 1 < end and data[place + 1] != 73)
    if not is_number:
        return literal_end(data, place, end)
    after = number_end(data, place, end)
    if taken and after > 0:
        plain = Where(where.record, where.begin, after, False)
        scan_text(data, place, after, plain, tables, work)
    return after


@compiled
def scan_key(data, place, end, select):
    """Read `"key":` at a place; return (place after it, whether the key is selected)."""
    if place >= end or data[place] != QUOTE:
        return np.int64(BAD_GRAMMAR), False
    after = skip_string(data, place + 1, end)
    if after < 0:
        return after, False
    selected = is_selected(data, place + 1, after, select)
    place = skip_blank(data, after + 1, end)
    if place >= end or data[place] != COLON:
        return np.int64(BAD_GRAMMAR), False
    return skip_blank(data, place + 1, end), selected


@compiled
def scan_value(data, place, end, where, tables, work, select, nesting):
    """Read one JSON value and what follows it in its containers, down to the outermost end.

    Returns (place after it, whether a selected field was met); a negative place says what is
    wrong.
    """
    takes_all = len(select.starts) == 1
    taken, met, depth = takes_all, takes_all, 0
    while place < end:
        byte = data[place]
        if byte in (OPEN_OBJECT, OPEN_LIST):
            if depth == MAX_DEPTH:
                return np.int64(BAD_DEPTH), met
            nesting[depth] = byte
            depth += 1
            place = skip_blank(data, place + 1, end)
            if place >= end or data[place] != byte + 2:
                if byte == OPEN_OBJECT:
                    place, selected = scan_key(data, place, end, select)
                    if place < 0:
                        return place, met
                    if depth == 1 and not takes_all:
                        taken = selected
                        met |= selected
                continue
            place, depth = place + 1, depth - 1
        else:
            place = scan_scalar(data, place, end, taken, where, tables, work)
            if place < 0:
                return place, met
        while depth > 0:
            place = skip_blank(data, place, end)
            if place >= end or data[place] != nesting[depth - 1] + 2:
                break
            place, depth = place + 1, depth - 1
        if depth == 0:
            return place, met
        if place >= end or data[place] != COMMA:
            return np.int64(BAD_GRAMMAR), met
        place = skip_blank(data, place + 1, end)
        if nesting[depth - 1] == OPEN_OBJECT:
            place, selected = scan_key(data, place, end, select)
            if place < 0:
                return place, met
            if depth == 1 and not takes_all:
                taken = selected
                met |= selected
    return np.int64(BAD_GRAMMAR), met


@compiled
def line_end(data, place, size):
    """Return the place of the next line feed, or the end."""
    while place < size and data[place] != NEW_LINE:
        place += 1
    return place


@compiled
def scan_lines(data, begin, size, tables, work, select, nesting, counts, failed):
    """Scan whole lines from `begin` until all are read or there is no room for what was found.

    `counts` goes on counting records, tokens, records without the field, failures and blank lines;
    its NEXT is where to go on.
    """
    place = begin
    while place < size:
        first = place
        place = skip_blank(data, place, size)
        if place >= size or data[place] == NEW_LINE:
            counts[BLANK_LINES] += 1
            place += 1
            continue
        hits = work.counts[HITS]
        where = Where(counts[RECORDS], first, size, True)
        start_record(work)
        place, met = scan_value(data, place, size, where, tables, work, select, nesting)
        if place >= 0:
            place = skip_blank(data, place, size)
            if place < size and data[place] != NEW_LINE:
                place = np.int64(BAD_GRAMMAR)
        if place >= 0:
            look_up(data, where, tables, work)
        if work.counts[HITS] > len(work.hits) or counts[FAILED] == len(failed):
            work.counts[HITS] = hits
            place = first
            break
        if place < 0:
            work.counts[HITS] = hits
            failed[counts[FAILED], 0] = counts[RECORDS]
            failed[counts[FAILED], 1] = first
            failed[counts[FAILED], 2] = place
            counts[FAILED] += 1
            place = line_end(data, first, size)
        else:
            counts[ALL_TOKENS] += tokens_so_far(work)
            counts[WITHOUT_FIELD] += 0 if met else 1
        counts[RECORDS] += 1
        place += 1
    counts[NEXT] = place
    return place
