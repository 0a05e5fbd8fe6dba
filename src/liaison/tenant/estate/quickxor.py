"""QuickXorHash, the content hash that SharePoint reports for its files.

Source: OneDrive API, code-snippets/quickxorhash.md
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

_WIDTH_BITS = 160
_SHIFT_BITS = 11
# The shift of a byte depends on its place modulo the width, so blocks of this size fold into one by plain XOR.
_BLOCK_BYTES = 160


def quick_xor_hash(pieces: Iterable[bytes]) -> str:
    """The hash of content given in pieces, as base64 text."""
    folded, size = bytes(_BLOCK_BYTES), 0
    for piece in pieces:
        aligned = _fold(bytes(size % _BLOCK_BYTES) + piece)
        folded = (int.from_bytes(folded, "little") ^ int.from_bytes(aligned, "little")).to_bytes(_BLOCK_BYTES, "little")
        size += len(piece)
    digest = bytearray(_rotated(folded).to_bytes(_WIDTH_BITS // 8, "little"))
    for index, byte in enumerate(size.to_bytes(8, "little")):
        digest[12 + index] ^= byte
    return base64.b64encode(digest).decode()


def _rotated(block: bytes) -> int:
    state, mask = 0, (1 << _WIDTH_BITS) - 1
    for place, byte in enumerate(block):
        value = byte << ((place * _SHIFT_BITS) % _WIDTH_BITS)
        state ^= (value & mask) ^ (value >> _WIDTH_BITS)
    return state


def _fold(content: bytes) -> bytes:
    """Halve the content with whole-number XOR until one block is left; linear, and fast in pure Python."""
    while len(content) > _BLOCK_BYTES:
        blocks = -(-len(content) // _BLOCK_BYTES)
        middle = (blocks + 1) // 2 * _BLOCK_BYTES
        folded = int.from_bytes(content[:middle], "little") ^ int.from_bytes(content[middle:], "little")
        content = folded.to_bytes(middle, "little")
    return content
