"""PNG pictures read as far as Teams' rules about icons go: size, and which colours there are.

Source: PNG, W3C Recommendation, sections 5, 9 and 11.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_LARGEST_SIDE = 1024
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA = 0, 2, 3, 4


class PictureUnreadable(ValueError):
    """Not a PNG, or one of a kind that icons have no need of: interlaced, other than eight bits, enormous."""


@dataclass(frozen=True)
class Picture:
    """`is_white_or_clear`: every pixel is pure white, or nothing at all."""

    width: int
    height: int
    is_white_or_clear: bool


def read_picture(content: bytes) -> Picture:
    """Raises PictureUnreadable."""
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise PictureUnreadable
    width, height, bits, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if bits != 8 or kind not in _CHANNELS or interlace or not 0 < max(width, height) <= _LARGEST_SIDE:
        raise PictureUnreadable
    raw = _unpack(b"".join(part for name, part in chunks if name == b"IDAT"), (width * _CHANNELS[kind] + 1) * height)
    palette, clear = (next((part for name, part in chunks if name == wanted), b"") for wanted in (b"PLTE", b"tRNS"))
    pixels = _pixels(_unfiltered(raw, width * _CHANNELS[kind], _CHANNELS[kind]), kind, palette, clear)
    return Picture(width, height, all(alpha == 0 or (alpha == 255 and rgb == b"\xff\xff\xff") for rgb, alpha in pixels))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not content.startswith(_SIGNATURE):
        raise PictureUnreadable
    at = len(_SIGNATURE)
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += length + 12


def _unpack(packed: bytes, size: int) -> bytes:
    try:
        raw = zlib.decompressobj().decompress(packed, size)
    except zlib.error as error:
        raise PictureUnreadable from error
    if len(raw) != size:
        raise PictureUnreadable
    return raw


def _unfiltered(raw: bytes, line: int, step: int) -> Iterator[bytes]:
    """The lines as they were before each was written as its difference from its neighbours."""
    above = bytes(line)
    for at in range(0, len(raw), line + 1):
        kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + line])
        for x in range(line):
            left = row[x - step] if x >= step else 0
            corner = above[x - step] if x >= step else 0
            row[x] = (row[x] + _predicted(kind, left, above[x], corner)) & 0xFF
        above = bytes(row)
        yield above


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 0:
            return 0
        case 1:
            return left
        case 2:
            return up
        case 3:
            return (left + up) // 2
        case 4:
            guess = left + up - corner
            return min((left, up, corner), key=lambda one: abs(guess - one))
        case _:
            raise PictureUnreadable


def _pixels(rows: Iterator[bytes], kind: int, palette: bytes, clear: bytes) -> Iterator[tuple[bytes, int]]:
    """Colour and opacity of each pixel."""
    step = _CHANNELS[kind]
    for row in rows:
        for at in range(0, len(row), step):
            pixel = row[at : at + step]
            if kind == _PALETTE:
                index = pixel[0]
                yield palette[index * 3 : index * 3 + 3], clear[index] if index < len(clear) else 255
            elif kind in (_GREY, _GREY_ALPHA):
                yield pixel[:1] * 3, pixel[1] if kind == _GREY_ALPHA else 255
            else:
                yield pixel[:3], 255 if kind == _COLOUR else pixel[3]
