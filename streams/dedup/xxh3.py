"""xxh3_64 with seed 0 of a slice of bytes, for kernels (Collet, xxHash 0.8); tests hold it to the library."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import inlined

LONGEST = 64  # bytes that are hashed here: no word of a language is longer, and all that follows stays short

_PRIME_1 = np.uint64(0x9E3779B185EBCA87)
_PRIME_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_PRIME_3 = np.uint64(0x165667B19E3779F9)
_MIX_1 = np.uint64(0x9FB21C651E98DF25)
_MIX_2 = np.uint64(0x165667919E3779F9)
_LOW = np.uint64(0xFFFFFFFF)
_SECRET = np.array(  # the first 64 bytes of its kSecret, read as little-endian numbers
    [
        *(0xBE4BA423396CFEB8, 0x1CAD21F72C81017C, 0xDB979083E96DD4DE, 0x1F67B3B7A4A44072),
        *(0x78E5C0CC4EE679CB, 0x2172FFCC7DD05A82, 0x8E2443F7744608B8, 0x4C263A81E69035E0),
    ],
    np.uint64,
)
_FLIP_SHORT = np.uint64((int(_SECRET[0]) & 0xFFFFFFFF) ^ (int(_SECRET[0]) >> 32))
_FLIP_8 = _SECRET[1] ^ _SECRET[2]
_FLIP_LOW, _FLIP_HIGH = _SECRET[3] ^ _SECRET[4], _SECRET[5] ^ _SECRET[6]


@inlined
def xxh3(data: NDArray[np.uint8], start: int, size: int) -> np.uint64:
    """The hash, uint64, of data[start : start + size], of 1 to LONGEST bytes."""
    begin, length = np.uint64(start), np.uint64(size)
    end = begin + length
    if size <= 3:
        combined = np.uint64(data[begin]) << np.uint64(16)
        combined |= np.uint64(data[begin + (length >> np.uint64(1))]) << np.uint64(24)
        combined |= np.uint64(data[end - np.uint64(1)]) | length << np.uint64(8)
        return _avalanche_short(combined ^ _FLIP_SHORT)
    if size <= 8:
        both = _read_4(data, end - np.uint64(4)) + (_read_4(data, begin) << np.uint64(32))
        return _mixed(both ^ _FLIP_8, length)
    if size <= 16:
        low = _read_8(data, begin) ^ _FLIP_LOW
        high = _read_8(data, end - np.uint64(8)) ^ _FLIP_HIGH
        return _avalanche(length + _swapped(low) + high + _folded(low, high))
    total = length * _PRIME_1
    for i in range((size - 1) // 32 + 1):
        front, back = begin + np.uint64(16 * i), end - np.uint64(16 * (i + 1))
        total += _mixed_16(data, front, 4 * i) + _mixed_16(data, back, 4 * i + 2)
    return _avalanche(total)


@inlined
def _mixed_16(data: NDArray[np.uint8], place: np.uint64, secret: int) -> np.uint64:
    low, high = _read_8(data, place), _read_8(data, place + np.uint64(8))
    return _folded(low ^ _SECRET[secret], high ^ _SECRET[secret + 1])


@inlined
def _read_4(data: NDArray[np.uint8], place: np.uint64) -> np.uint64:
    """Places are unsigned: of others numba asks whether they count from the end, byte by byte, and the hash
    takes twice as long.
    """
    value = np.uint64(0)
    for i in range(4):
        value |= np.uint64(data[place + np.uint64(i)]) << np.uint64(8 * i)
    return value


@inlined
def _read_8(data: NDArray[np.uint8], place: np.uint64) -> np.uint64:
    return _read_4(data, place) | _read_4(data, place + np.uint64(4)) << np.uint64(32)


@inlined
def _folded(left: np.uint64, right: np.uint64) -> np.uint64:
    """The two halves of the 128-bit product, xored."""
    left_low, left_high = left & _LOW, left >> np.uint64(32)
    right_low, right_high = right & _LOW, right >> np.uint64(32)
    lowest, highest = left_low * right_low, left_high * right_high
    middle, other = left_high * right_low, left_low * right_high
    cross = (lowest >> np.uint64(32)) + (middle & _LOW) + other
    high = (middle >> np.uint64(32)) + (cross >> np.uint64(32)) + highest
    return (cross << np.uint64(32) | lowest & _LOW) ^ high


@inlined
def _swapped(value: np.uint64) -> np.uint64:
    swapped = np.uint64(0)
    for i in range(8):
        swapped |= (value >> np.uint64(8 * i) & np.uint64(0xFF)) << np.uint64(56 - 8 * i)
    return swapped


@inlined
def _avalanche(value: np.uint64) -> np.uint64:
    value ^= value >> np.uint64(37)
    value *= _MIX_2
    return value ^ value >> np.uint64(32)


@inlined
def _avalanche_short(value: np.uint64) -> np.uint64:
    value ^= value >> np.uint64(33)
    value *= _PRIME_2
    value ^= value >> np.uint64(29)
    value *= _PRIME_3
    return value ^ value >> np.uint64(32)


@inlined
def _mixed(value: np.uint64, length: np.uint64) -> np.uint64:
    value ^= (value << np.uint64(49) | value >> np.uint64(15)) ^ (
        value << np.uint64(24) | value >> np.uint64(40)
    )
    value *= _MIX_1
    value ^= (value >> np.uint64(35)) + length
    value *= _MIX_1
    return value ^ value >> np.uint64(28)
