"""QuickXorHash, the only hash that SharePoint gives for every file.

Source: OneDrive API, code snippets for QuickXorHash.
"""

from __future__ import annotations

import base64

_BITS = 160
_SHIFT = 11


def quick_xor_hash(content: bytes) -> str:
    """The hash in base64. Byte i is shifted by 11·i bits round a ring of 160; the length is added at the end."""
    ring = 0
    # Bytes whose places differ by 160 fall on the same shift, so they can be joined before shifting.
    for start in range(min(_BITS, len(content))):
        joined = 0
        for byte in content[start::_BITS]:
            joined ^= byte
        place = start * _SHIFT % _BITS
        ring ^= joined << place
    ring = (ring & ((1 << _BITS) - 1)) ^ (ring >> _BITS)
    ring ^= len(content) << (_BITS - 64)
    return base64.b64encode(ring.to_bytes(_BITS // 8, "little")).decode()
