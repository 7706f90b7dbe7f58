"""Machine code for MinHash: xxh3_64 of shingles, minima under permutations, exact overlaps.

Imported only where numba is there. Signatures are datasketch's bit for bit, and the pairs those
that `near_duplicates` finds without it; tests hold them together.

Source: XXH3 of the xxHash specification 0.8 (seed 0, default secret; inputs of 4 to 32 bytes).
"""

import numpy
from numpy.typing import NDArray

from benchwright.contamination.lanes import LANES, lower_lanes
from benchwright.contamination.machine_code import compiling

Bytes = NDArray[numpy.uint8]
Hashes = NDArray[numpy.uint64]
Places = NDArray[numpy.int64]

_U = numpy.uint64
_SHINGLE_CHARACTERS = 5
_BLOCK_HASHES = 1024
_SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248e"
)


def _secret(at: int) -> _U:
    return _U(int.from_bytes(_SECRET[at : at + 8], "little"))


_S0, _S8, _S16, _S24 = (_secret(at) for at in (0, 8, 16, 24))
_FLIP_SHORT = _secret(8) ^ _secret(16)
_FLIP_LOW = _secret(24) ^ _secret(32)
_FLIP_HIGH = _secret(40) ^ _secret(48)
_PRIME = _U(0x9E3779B185EBCA87)
_PRIME_RRMXMX = _U(0x9FB21C651E98DF25)
_PRIME_AVALANCHE = _U(0x165667919E3779F9)
_MURMUR_1, _MURMUR_2 = _U(0xFF51AFD7ED558CCD), _U(0xC4CEB9FE1A85EC53)
_ALL_ONES = _U(2**64 - 1)


_compiled = compiling()


@_compiled
def _read(data: Bytes, at: int, size: int) -> _U:
    """Return `size` bytes as a little-endian number."""
    value = _U(0)
    for i in range(size):
        value |= _U(data[at + i]) << _U(8 * i)
    return value


@_compiled
def _folded_product(left: _U, right: _U) -> _U:
    """Return the high half xor the low half of the 128-bit product."""
    low = _U(0xFFFFFFFF)
    half = _U(32)
    low_low = (left & low) * (right & low)
    high_low = (left >> half) * (right & low)
    low_high = (left & low) * (right >> half)
    cross = (low_low >> half) + (high_low & low) + low_high
    high = (high_low >> half) + (cross >> half) + (left >> half) * (right >> half)
    return high ^ ((cross << half) | (low_low & low))


@_compiled
def _avalanche(value: _U) -> _U:
    value = (value ^ (value >> _U(37))) * _PRIME_AVALANCHE
    return value ^ (value >> _U(32))


@_compiled
def _hash_of_halves(first: _U, last: _U, length: _U) -> _U:
    """Return the hash of 4 to 8 bytes by their first and their last four."""
    value = (last + (first << _U(32))) ^ _FLIP_SHORT
    value ^= ((value << _U(49)) | (value >> _U(15))) ^ ((value << _U(24)) | (value >> _U(40)))
    value *= _PRIME_RRMXMX
    value = (value ^ ((value >> _U(35)) + length)) * _PRIME_RRMXMX
    return value ^ (value >> _U(28))


@_compiled
def xxh3_64(data: Bytes, at: int, size: int) -> _U:
    """Return the xxh3_64 of `size` bytes, 4 to 32, from `at`."""
    length = _U(size)
    if size <= 8:
        return _hash_of_halves(_read(data, at, 4), _read(data, at + size - 4, 4), length)
    if size <= 16:
        low = _read(data, at, 8) ^ _FLIP_LOW
        high = _read(data, at + size - 8, 8) ^ _FLIP_HIGH
        swapped = _U(0)
        for i in range(8):
            swapped |= ((low >> _U(8 * i)) & _U(0xFF)) << _U(56 - 8 * i)
        return _avalanche(length + swapped + high + _folded_product(low, high))
    first = _folded_product(_read(data, at, 8) ^ _S0, _read(data, at + 8, 8) ^ _S8)
    end = at + size
    last = _folded_product(_read(data, end - 16, 8) ^ _S16, _read(data, end - 8, 8) ^ _S24)
    return _avalanche(length * _PRIME + first + last)


@_compiled
def shingle_hashes(data: Bytes, begin: int, end: int, out: Hashes) -> int:
    """Hash every run of five characters of the UTF-8 bytes [begin, end); return how many."""
    high = 0
    for at in range(begin, end):
        high |= data[at]
    if high < 0x80:
        return _ascii_hashes(data[begin:end], out)
    starts = numpy.empty(_SHINGLE_CHARACTERS, numpy.int64)
    characters = count = 0
    for at in range(begin, end + 1):
        if at < end and data[at] & 0xC0 == 0x80:
            continue
        slot = characters % _SHINGLE_CHARACTERS
        if characters >= _SHINGLE_CHARACTERS:
            out[count] = xxh3_64(data, starts[slot], at - starts[slot])
            count += 1
        starts[slot] = at
        characters += 1
    return count


@_compiled
def _ascii_hashes(text: Bytes, out: Hashes) -> int:
    """Do the same for a text of one byte a character, without a branch."""
    count = max(len(text) - _SHINGLE_CHARACTERS + 1, 0)
    for i in range(count):
        middle = _U(text[i + 1]) | (_U(text[i + 2]) << _U(8)) | (_U(text[i + 3]) << _U(16))
        first = _U(text[i]) | (middle << _U(8))
        last = middle | (_U(text[i + 4]) << _U(24))
        out[i] = _hash_of_halves(first, last, _U(_SHINGLE_CHARACTERS))
    return count


@_compiled
def _lower(row: Hashes, hashes: Hashes, mixed: Hashes, factors: Hashes, offsets: Hashes) -> None:
    """Lower each minimum of a signature to what the hashes bring; `mixed` is room for a block."""
    for begin in range(0, len(hashes), len(mixed)):
        size = min(len(mixed), len(hashes) - begin)
        for i in range(size):
            value = hashes[begin + i]
            value = (value ^ (value >> _U(33))) * _MURMUR_1
            value = (value ^ (value >> _U(33))) * _MURMUR_2
            mixed[i] = value ^ (value >> _U(33))
        for j in range(0, len(row), LANES):
            lower_lanes(row, mixed, size, factors, offsets, j)


@_compiled
def sign_texts(data: Bytes, ends: Places, factors: Hashes, offsets: Hashes) -> Hashes:
    """Return the signatures of the texts in `data`; text i is data[ends[i]:ends[i + 1]]."""
    table = numpy.full((len(ends) - 1, len(factors)), _ALL_ONES)
    mixed = numpy.empty(_BLOCK_HASHES, numpy.uint64)
    hashes = numpy.empty(_longest(ends), numpy.uint64)
    for i in range(len(table)):
        count = shingle_hashes(data, ends[i], ends[i + 1], hashes)
        _lower(table[i], hashes[:count], mixed, factors, offsets)
    return table


@_compiled
def close_pairs(
    left: Hashes,
    right: Hashes,
    left_keys: Hashes,
    right_keys: Hashes,
    ordered: Hashes,
    orders: Places,
    begin: int,
    least_same: float,
    most_pairs: int,
) -> tuple[Places, int]:
    """Return (left, right) rows that agree in a band and in `least_same` permutations, each once.

    Args:
        left: Signatures; `right` likewise.
        left_keys: Keys of the bands of each left row; `right_keys` likewise.
        ordered: For each band, the keys of the left rows, sorted.
        orders: For each band, the left rows in that order.
        begin: First right row to look at.
        least_same: Permutations in which two rows must agree.
        most_pairs: Stop after the right row that reaches so many.

    Returns:
        The pairs, and the right row to go on from.
    """
    pairs = numpy.empty((1024, 2), numpy.int64)
    filled = 0
    for other in range(begin, len(right)):
        if filled >= most_pairs:
            return pairs[:filled], other
        for band in range(len(ordered)):
            key = right_keys[other, band]
            at = numpy.searchsorted(ordered[band], key)
            while at < len(left) and ordered[band, at] == key:
                place = orders[band, at]
                at += 1
                if _met_before(left_keys[place], right_keys[other], band):
                    continue
                if _same(left[place], right[other]) >= least_same:
                    if filled == len(pairs):
                        grown = numpy.empty((2 * filled, 2), numpy.int64)
                        grown[:filled] = pairs
                        pairs = grown
                    pairs[filled, 0] = place
                    pairs[filled, 1] = other
                    filled += 1
    return pairs[:filled], len(right)


@_compiled
def _met_before(one: Hashes, other: Hashes, band: int) -> bool:
    met = False
    for earlier in range(band):
        met |= one[earlier] == other[earlier]
    return met


@_compiled
def _same(one: Hashes, other: Hashes) -> int:
    same = 0
    for j in range(len(one)):
        same += one[j] == other[j]
    return same


@_compiled
def shingle_sets(data: Bytes, ends: Places, chosen: Places) -> tuple[Hashes, Places]:
    """Return the sorted different shingle hashes of the chosen texts, end to end, and the ends."""
    room = 0
    for k in range(len(chosen)):
        room += ends[chosen[k] + 1] - ends[chosen[k]]
    values = numpy.empty(room, numpy.uint64)
    set_ends = numpy.zeros(len(chosen) + 1, numpy.int64)
    hashes = numpy.empty(_longest(ends), numpy.uint64)
    filled = 0
    for k in range(len(chosen)):
        count = shingle_hashes(data, ends[chosen[k]], ends[chosen[k] + 1], hashes)
        ordered = numpy.sort(hashes[:count])
        for i in range(count):
            if i == 0 or ordered[i] != ordered[i - 1]:
                values[filled] = ordered[i]
                filled += 1
        set_ends[k + 1] = filled
    return values[:filled], set_ends


@_compiled
def shared(
    left: Hashes, left_ends: Places, right: Hashes, right_ends: Places, pairs: Places
) -> Places:
    """Return how many hashes the two sorted sets of each pair (left, right) share."""
    counts = numpy.zeros(len(pairs), numpy.int64)
    for k in range(len(pairs)):
        i, left_end = left_ends[pairs[k, 0]], left_ends[pairs[k, 0] + 1]
        j, right_end = right_ends[pairs[k, 1]], right_ends[pairs[k, 1] + 1]
        same = 0
        while i < left_end and j < right_end:
            one, other = left[i], right[j]
            same += one == other
            i += one <= other
            j += other <= one
        counts[k] = same
    return counts


@_compiled
def _longest(ends: Places) -> int:
    longest = 0
    for i in range(len(ends) - 1):
        longest = max(longest, ends[i + 1] - ends[i])
    return longest
