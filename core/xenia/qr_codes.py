"""A QR code as plain SVG attributes: no style, no script, no third party, so that it stands under the strictest policy.

A plugin that draws one names ``segno`` among its manifest's libraries; the macro ``qr`` of ``components/parts.html`` is the markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

BORDER = 4


class QrCode(msgspec.Struct, frozen=True):
    """A square of ``size`` modules and the path of the dark ones (SVG 2 section 9.3), for ``<path d=...>``."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """The QR code of ``text``, with the quiet zone of four modules that readers need (ISO/IEC 18004)."""
    import segno  # late: it takes a tenth of a second, and a start has no use for it

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=BORDER)]
    return QrCode(len(rows), "".join(_runs(rows)))


def _runs(rows: Sequence[bytes]) -> Iterator[str]:
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
