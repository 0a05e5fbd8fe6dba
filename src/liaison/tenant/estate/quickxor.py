"""QuickXorHash, the content hash that SharePoint reports for its files.

Source: OneDrive API, code-snippets/quickxorhash.md
"""

from __future__ import annotations

import base64

_WIDTH_BITS = 160
_SHIFT_BITS = 11
# The shift of a byte depends on its place modulo the width, so blocks of this size fold into one by plain XOR.
_BLOCK_BYTES = 160


def quick_xor_hash(content: bytes) -> str:
    """The hash as base64 text."""
    folded = _fold(content)
    state = 0
    for place, byte in enumerate(folded):
        shift = (place * _SHIFT_BITS) % _WIDTH_BITS
        value = byte << shift
        state ^= (value & ((1 << _WIDTH_BITS) - 1)) ^ (value >> _WIDTH_BITS)
    digest = bytearray(state.to_bytes(_WIDTH_BITS // 8, "little"))
    for index, byte in enumerate(len(content).to_bytes(8, "little")):
        digest[12 + index] ^= byte
    return base64.b64encode(digest).decode()


def _fold(content: bytes) -> bytes:
    """Halve the content with whole-number XOR until one block is left; linear, and fast in pure Python."""
    while len(content) > _BLOCK_BYTES:
        blocks = -(-len(content) // _BLOCK_BYTES)
        middle = (blocks + 1) // 2 * _BLOCK_BYTES
        left, right = content[:middle], content[middle:]
        folded = int.from_bytes(left, "little") ^ int.from_bytes(right, "little")
        content = folded.to_bytes(len(left), "little")
    return content
