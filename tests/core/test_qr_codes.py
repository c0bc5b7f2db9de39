"""The QR code: the same modules as the library's, drawn without any style."""

from __future__ import annotations

import re

import segno

from xenia.qr_codes import BORDER, qr_code

TEXT = "otpauth://totp/Acme:ada@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Acme"
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def test_the_path_covers_exactly_the_dark_modules() -> None:
    picture = qr_code(TEXT)
    drawn = {(int(x) + step, int(y)) for x, y, width, _ in RUN.findall(picture.path) for step in range(int(width))}
    rows = list(segno.make(TEXT, error="m", micro=False).matrix_iter(border=BORDER))
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert picture.size == len(rows)


def test_there_is_nothing_in_the_path_but_runs() -> None:
    assert RUN.sub("", qr_code(TEXT).path) == ""
