"""One intrinsic for numba: the minima of 64 permutations at once, in vector registers.

LLVM does not find this shape in a scalar loop; spelled out it is twice to three times as fast.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.extending import intrinsic

cgutils: Any = untyped_cgutils
_WIDTH = 8
_VECTORS = 8
LANES = _WIDTH * _VECTORS


def _lower_lanes(
    _typing: Any, row: Any, hashes: Any, count: Any, factors: Any, offsets: Any, first: Any
) -> Any:
    """Type and build `lower_lanes(row, hashes, count, factors, offsets, first)`.

    For the 64 permutations from `first`: row[j] becomes the least of itself and of
    hashes[i] * factors[j] + offsets[j] modulo 2^64, over the first `count` hashes.
    """
    signature = types.void(row, hashes, count, factors, offsets, first)
    word = ir.IntType(64)
    vector = ir.VectorType(word, _WIDTH)
    undefined = ir.Constant(vector, ir.Undefined)
    first_lane = ir.Constant(ir.VectorType(ir.IntType(32), _WIDTH), [0] * _WIDTH)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def data(argument: int) -> Any:
            make = context.make_array(signature.args[argument])
            return make(context, builder, args[argument]).data

        def pointers(argument: int) -> list[Any]:
            begins = [builder.add(args[5], word(v * _WIDTH)) for v in range(_VECTORS)]
            places = [builder.gep(data(argument), [begin]) for begin in begins]
            return [builder.bitcast(place, vector.as_pointer()) for place in places]

        def loaded(argument: int) -> list[Any]:
            return [builder.load(place, align=8) for place in pointers(argument)]

        scales, shifts = loaded(3), loaded(4)
        least = [cgutils.alloca_once_value(builder, value) for value in loaded(0)]
        values = data(1)
        with cgutils.for_range(builder, args[2]) as loop:
            value = builder.load(builder.gep(values, [loop.index]))
            lane = builder.insert_element(undefined, value, ir.IntType(32)(0))
            spread = builder.shuffle_vector(lane, undefined, first_lane)
            for scale, shift, slot in zip(scales, shifts, least, strict=True):
                moved = builder.add(builder.mul(scale, spread), shift)
                before = builder.load(slot)
                is_less = builder.icmp_unsigned("<", moved, before)
                builder.store(builder.select(is_less, moved, before), slot)
        for slot, place in zip(least, pointers(0), strict=True):
            builder.store(builder.load(slot), place, align=8)
        return context.get_dummy_value()

    return signature, generate


lower_lanes: Callable[..., None] = intrinsic(_lower_lanes)
