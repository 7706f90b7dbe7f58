"""Compiled folding: bytes of UTF-8 or of a JSON string in, folded tokens out.

Eight bytes of ASCII at a time where they are letters and digits; else one code point at a time
through the fold table. A token's hash depends on its folded bytes only, however it was written.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from benchwright.contamination.machine_code import compiling
from benchwright.contamination.scan.table import (
    DROPPED,
    KIND_SHIFT,
    MANY,
    SINGLE,
    WORD,
)

# Nothing is allocated here, and counting references to the arrays makes it ten times slower.
compiled: Any = compiling(_nrt=False)
inlined: Any = compiling(_nrt=False, forceinline=True)

U = np.uint64
_STEP = U(0x9E3779B97F4A7C15)
_HIGH_BITS = U(0x8080808080808080)
_LOWER_CASE = U(0x2020202020202020)
_VALUE = np.uint32((1 << KIND_SHIFT) - 1)
_BYTE, _WORD, _HALF = ir.IntType(8), ir.IntType(64), 32

_FIRST_BYTES = np.array([(1 << 8 * min(size, 8)) - 1 for size in range(17)], np.uint64)
_SECOND_BYTES = np.array([(1 << 8 * max(size - 8, 0)) - 1 for size in range(17)], np.uint64)

QUOTE, BACKSLASH, LETTER_U, LOWEST_PRINTABLE = 34, 92, 117, 32
PLAIN_CHUNKS = 2
"""Chunks of eight bytes that every token's hash takes in; a shorter token's end in zeros."""
_REPLACEMENT = 0xFFFD

BAD_STRING = -1
"""Where a position is expected: the JSON string is not valid."""
BAD_UTF8 = -2


@intrinsic
def load8(typing_context: Any, array: Any, place: Any) -> Any:
    """Return the eight bytes from a place as one little-endian number."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(held.data, [args[1]]), ir.IntType(64).as_pointer())
        loaded = builder.load(pointer)
        loaded.align = 1
        return loaded

    return types.uint64(array, types.int64), code


@intrinsic
def peek(typing_context: Any, array: Any, place: Any) -> Any:
    """Return an item of an array; the place is not negative and not checked."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        return builder.load(builder.gep(held.data, [args[1]]))

    return array.dtype(array, types.int64), code


@intrinsic
def poke(typing_context: Any, array: Any, place: Any, value: Any) -> Any:
    """Set an item of an array; the place is not negative and not checked."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        builder.store(args[2], builder.gep(held.data, [args[1]]))
        return context.get_dummy_value()

    return types.void(array, types.int64, array.dtype), code


@intrinsic
def prefetch(typing_context: Any, array: Any, place: Any) -> Any:
    """Fetch an item of an array into the caches, and go on without it."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", (byte,), kind)
        pointer = builder.bitcast(builder.gep(held.data, [args[1]]), byte)
        to_read, all_levels, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(fetch, [pointer, to_read, all_levels, data])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


def _classified(builder: Any, pointer: Any) -> list[Any]:
    """Build what `classify64` returns for the 32 bytes at a pointer.

    Masks are joined as bytes: LLVM takes vectors of single bits apart, one by one.
    """
    lanes = ir.VectorType(_BYTE, _HALF)
    data = builder.load(builder.bitcast(pointer, lanes.as_pointer()))
    data.align = 1

    def all_of(byte: int) -> Any:
        return ir.Constant(lanes, [ir.Constant(_BYTE, byte)] * _HALF)

    def below(values: Any, low: int, count: int) -> Any:
        is_below = builder.icmp_unsigned("<", builder.sub(values, all_of(low)), all_of(count))
        return builder.sext(is_below, lanes)

    def is_byte(byte: int) -> Any:
        return builder.sext(builder.icmp_unsigned("==", data, all_of(byte)), lanes)

    letters = below(builder.or_(data, all_of(32)), 97, 26)
    alnum = builder.or_(letters, below(data, 48, 10))
    stops = builder.or_(is_byte(QUOTE), is_byte(BACKSLASH))
    stops = builder.or_(stops, below(data, 0, LOWEST_PRINTABLE))
    return [
        builder.bitcast(builder.icmp_signed("<", mask, all_of(0)), ir.IntType(_HALF))
        for mask in (alnum, data, stops)
    ]


@intrinsic
def classify64(typing_context: Any, array: Any, place: Any) -> Any:
    """Return, for the 64 bytes from a place, one bit each: (letter or digit, not ASCII, stops).

    What stops is what ends plain text inside a JSON string: quote, backslash, control character.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        first = builder.gep(held.data, [args[1]])
        halves = [_classified(builder, builder.gep(first, [_WORD(at)])) for at in (0, _HALF)]
        low, high = ([builder.zext(mask, _WORD) for mask in masks] for masks in halves)
        above = [builder.shl(mask, _WORD(_HALF)) for mask in high]
        masks = [builder.or_(*pair) for pair in zip(low, above, strict=True)]
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 3)(array, types.int64), code


@intrinsic
def trailing_zeros(typing_context: Any, number: Any) -> Any:
    """Return how many zero bits follow the lowest set bit."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], cgutils.false_bit)

    return types.uint64(types.uint64), code


@inlined
def mix(state, chunk):
    """Take eight folded bytes of a token into its hash."""
    state = (state ^ chunk) * _STEP
    return state ^ (state >> U(29))


@inlined
def ends_of_word(chunk):
    """Return the high bit of every byte that is no ASCII letter or digit."""
    low = chunk & U(0x7F7F7F7F7F7F7F7F)
    lower = low | _LOWER_CASE
    letters = (lower + U(0x1F1F1F1F1F1F1F1F)) & ~(lower + U(0x0505050505050505))
    digits = (low + U(0x5050505050505050)) & ~(low + U(0x4646464646464646))
    return (((letters | digits) & ~chunk) & _HIGH_BITS) ^ _HIGH_BITS


@inlined
def short_word(data, place, size):
    """Return the hash of an ASCII word of at most sixteen bytes."""
    first = (load8(data, place) | _LOWER_CASE) & peek(_FIRST_BYTES, size)
    second = (load8(data, place + 8) | _LOWER_CASE) & peek(_SECOND_BYTES, size)
    return mix(mix(U(0), first), second)


@compiled
def ascii_word(data, place, end):
    """Return (end, hash) of the ASCII word that begins at a place."""
    state, chunks = U(0), 0
    while place < end:
        chunk = load8(data, place)
        stops = ends_of_word(chunk)
        if end - place < 8:
            stops |= U(0x80) << U(8 * (end - place))
        if stops == U(0):
            state = mix(state, chunk | _LOWER_CASE)
            chunks += 1
            place += 8
            continue
        bits = trailing_zeros(stops) & U(56)
        if bits != U(0):
            state = mix(state, (chunk | _LOWER_CASE) & ((U(1) << bits) - U(1)))
            chunks += 1
        place += np.int64(bits >> U(3))
        break
    return place, finish_token(state, chunks)


@inlined
def finish_token(state, chunks):
    """Return the hash of a token of so many chunks."""
    while chunks < PLAIN_CHUNKS:
        state = mix(state, U(0))
        chunks += 1
    return state


@inlined
def is_ascii_alnum(byte):
    """Return whether a byte is an ASCII letter or digit."""
    lower = byte | 32
    return (97 <= lower <= 122) or (48 <= byte <= 57)


@compiled
def escaped(letter):
    """Return the character that a backslash and this letter write; 0 when they write none."""
    if letter == 110:
        return np.int64(10)
    if letter in (QUOTE, BACKSLASH, 47):
        return np.int64(letter)
    if letter == 116:
        return np.int64(9)
    if letter == 114:
        return np.int64(13)
    if letter == 98:
        return np.int64(8)
    return np.int64(12) if letter == 102 else np.int64(0)


@compiled
def decode(data, place, end):
    """Return (code point, bytes) of the UTF-8 sequence at a place; zero bytes when it is bad."""
    first = np.int64(data[place])
    if first < 0x80:
        return first, 1
    if first < 0xC2 or first > 0xF4:
        return np.int64(_REPLACEMENT), 0
    size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if place + size > end:
        return np.int64(_REPLACEMENT), 0
    code = first & (0x7F >> size)
    for at in range(place + 1, place + size):
        byte = np.int64(data[at])
        if byte & 0xC0 != 0x80:
            return np.int64(_REPLACEMENT), 0
        code = code << 6 | (byte & 0x3F)
    too_small = (size == 3 and code < 0x800) or (size == 4 and code < 0x10000)
    if too_small or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return np.int64(_REPLACEMENT), 0
    return code, size


@compiled
def hex_number(data, place, end):
    """Return the number that four hexadecimal digits write; -1 when they do not."""
    if place + 4 > end:
        return np.int64(-1)
    number = np.int64(0)
    for at in range(place, place + 4):
        byte = np.int64(data[at])
        lower = byte | 32
        if 48 <= byte <= 57:
            digit = byte - 48
        elif 97 <= lower <= 102:
            digit = lower - 87
        else:
            return np.int64(-1)
        number = number << 4 | digit
    return number


@compiled
def unescape(data, place, end):
    """Return (code point, bytes) of the JSON escape at a place; zero bytes when it is bad."""
    if place + 1 >= end:
        return np.int64(0), 0
    letter = data[place + 1]
    if letter != LETTER_U:
        code = escaped(letter)
        return code, 2 if code > 0 else 0
    code = hex_number(data, place + 2, end)
    if code < 0:
        return np.int64(0), 0
    is_high = 0xD800 <= code <= 0xDBFF
    if is_high and place + 7 < end and data[place + 6] == 92 and data[place + 7] == LETTER_U:
        low = hex_number(data, place + 8, end)
        if 0xDC00 <= low <= 0xDFFF:
            return 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00)), 12
    return code, 6


@compiled
def code_point(data, place, end, quoted):
    """Return (code point, bytes) at a place; no byte at a bad one, which in plain text separates.

    A negative code point says what is wrong: BAD_STRING or BAD_UTF8.
    """
    byte = data[place]
    if quoted and byte == BACKSLASH:
        code, size = unescape(data, place, end)
        return (code, size) if size else (np.int64(BAD_STRING), 0)
    if quoted and byte < LOWEST_PRINTABLE:
        return np.int64(BAD_STRING), 0
    code, size = decode(data, place, end)
    if size:
        return code, size
    return (np.int64(BAD_UTF8), 0) if quoted else (code, 1)


@compiled
def put_utf8(out, at, code):
    """Write a code point at a place of `out`, as far as it reaches; return its bytes and size."""
    if code < 0x80:
        packed, size = U(code), 1
    elif code < 0x800:
        packed, size = U(0xC0 | code >> 6) | U(0x80 | (code & 63)) << U(8), 2
    elif code < 0x10000:
        packed = U(0xE0 | code >> 12) | U(0x80 | (code >> 6 & 63)) << U(8)
        packed, size = packed | U(0x80 | (code & 63)) << U(16), 3
    else:
        packed = U(0xF0 | code >> 18) | U(0x80 | (code >> 12 & 63)) << U(8)
        packed |= U(0x80 | (code >> 6 & 63)) << U(16)
        packed, size = packed | U(0x80 | (code & 63)) << U(24), 4
    for offset in range(size):
        if at + offset < len(out):
            out[at + offset] = np.uint8(packed >> U(8 * offset) & U(255))
    return packed, size


@compiled
def slow_token(data, place, part, end, quoted, table, parts, out, at):
    """Fold code point by code point until one token is complete.

    Begins at byte `place` and, of what that code point becomes, at part `part`. The folded bytes
    go to `out` from `at`, as far as it reaches. Stops before a closing quote, and before an ASCII
    byte when no token is open.

    Returns:
        (place, part) to go on from, bytes of the token (0: none), its hash, and the place and part
        that it begins at. A negative place says what is wrong.
    """
    state, chunk = U(0), U(0)
    size, filled, chunks = 0, 0, 0
    begin, begin_part = place, part
    while place < end:
        if quoted and data[place] == QUOTE:
            break
        code, width = code_point(data, place, end, quoted)
        if width == 0:
            return code, 0, 0, U(0), begin, begin_part
        entry = table[code]
        first, count = 0, 1
        if entry >> KIND_SHIFT == MANY:
            first = np.int64(entry & _VALUE) + 1
            count = np.int64(parts[first - 1])
        while part < count:
            if first:
                entry = parts[first + part]
            kind = entry >> KIND_SHIFT
            if kind == WORD or (kind == SINGLE and size == 0):
                if size == 0:
                    begin, begin_part = place, part
                packed, wide = put_utf8(out, at + size, np.int64(entry & _VALUE))
                size += wide
                for _ in range(wide):
                    chunk |= (packed & U(255)) << U(8 * filled)
                    packed >>= U(8)
                    filled += 1
                    if filled == 8:
                        state, chunk, filled, chunks = mix(state, chunk), U(0), 0, chunks + 1
            if kind != WORD and kind != DROPPED and size:
                part += 1 if kind == SINGLE and begin == place and begin_part == part else 0
                if part == count:
                    place, part = place + width, 0
                if filled:
                    state, chunks = mix(state, chunk), chunks + 1
                value = finish_token(state, chunks)
                return place, part, size, value, begin, begin_part
            part += 1
        place, part = place + width, 0
        if size == 0 and place < end and data[place] < 128:
            break
    if filled:
        state, chunks = mix(state, chunk), chunks + 1
    return place, part, size, finish_token(state, chunks), begin, begin_part
