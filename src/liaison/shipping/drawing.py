"""The icons of Liaison's Teams app, drawn: two links of a chain, one through the other.

The pictures lie beside this module; `python -m liaison.shipping.drawing` draws them again. Only shapes and smoothing
are computed here, so that anybody can check that they are our own.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

Colour = tuple[int, int, int, int]

BRAND: Colour = (0x5B, 0x5F, 0xC7, 255)
WHITE: Colour = (255, 255, 255, 255)
PALE: Colour = (0xD5, 0xD7, 0xF6, 255)
CLEAR: Colour = (255, 255, 255, 0)
COLOUR_SIDE, OUTLINE_SIDE = 192, 32
_FINE = 4
"""Each pixel is looked at in so many places across and down."""
_LEFT, _RIGHT, _HALF_STRAIGHT, _ROUND = (-0.2, 0.0), (0.2, 0.0), 0.13, 0.215
"""Middles of the two links, half the straight part of each, and the radius of their ends; the symbol is 1.2 wide."""


def draw_colour() -> bytes:
    """192 by 192: white on the brand's colour, the symbol within the middle 96 by 96. Source: teams-app.md 4."""
    return write_png(COLOUR_SIDE, _smooth(COLOUR_SIDE, 78.0, 0.052, BRAND, WHITE, PALE))


def draw_outline() -> bytes:
    """32 by 32: pure white or nothing, without smoothing. Source: teams-app.md 4."""
    side = OUTLINE_SIDE
    rows = []
    for y in range(side):
        row = []
        for x in range(side):
            across, down = (x + 0.5 - side / 2) / 26.0, (y + 0.5 - side / 2) / 26.0
            front, back = _links(across, down, 0.05)
            row.append(WHITE if front or back else CLEAR)
        rows.append(row)
    return write_png(side, rows)


def _smooth(
    side: int, width: float, half_stroke: float, ground: Colour, front: Colour, back: Colour
) -> list[list[Colour]]:
    rows = []
    for y in range(side):
        row = []
        for x in range(side):
            found = [
                _colour_at(x + (i + 0.5) / _FINE, y + (j + 0.5) / _FINE, side, width, half_stroke, ground, front, back)
                for i in range(_FINE)
                for j in range(_FINE)
            ]
            row.append(_mean(found))
        rows.append(row)
    return rows


def _colour_at(
    x: float, y: float, side: int, width: float, half: float, ground: Colour, front: Colour, back: Colour
) -> Colour:
    in_front, behind = _links((x - side / 2) / width, (y - side / 2) / width, half)
    return front if in_front else back if behind else ground


def _links(x: float, y: float, half_stroke: float) -> tuple[bool, bool]:
    """Is this point on the left link, on the right one? They pass over one another: left above, right below."""
    left = abs(_distance(x, y, *_LEFT) - _ROUND) <= half_stroke
    right = abs(_distance(x, y, *_RIGHT) - _ROUND) <= half_stroke
    if y >= 0:  # below the middle the right link lies in front, with a little air around it
        near_right = abs(_distance(x, y, *_RIGHT) - _ROUND) <= half_stroke * 2
        return left and not near_right, right
    near_left = abs(_distance(x, y, *_LEFT) - _ROUND) <= half_stroke * 2
    return left, right and not near_left


def _distance(x: float, y: float, middle_x: float, middle_y: float) -> float:
    """From the straight line in the middle of a link."""
    return math.hypot(max(abs(x - middle_x) - _HALF_STRAIGHT, 0.0), y - middle_y)


def _mean(colours: list[Colour]) -> Colour:
    count = len(colours)
    red, green, blue, alpha = (round(sum(colour[part] for colour in colours) / count) for part in range(4))
    return red, green, blue, alpha


def write_png(side: int, rows: list[list[Colour]]) -> bytes:
    """Eight bits a channel, with alpha, unfiltered. Source: PNG, W3C Recommendation."""
    raw = b"".join(b"\0" + b"".join(bytes(colour) for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PICTURES: dict[str, Callable[[], bytes]] = {"color.png": draw_colour, "outline.png": draw_outline}


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (Path(__file__).parent / name).write_bytes(draw())
