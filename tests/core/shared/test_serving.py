"""Several processes need something to share."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from xenia.embedded import programs
from xenia.errors import SetupError
from xenia.serving import serve
from xenia.serving.installation import Installation


def test_several_processes_without_valkey_refuse_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "VALKEY", "no_such_package")
    installation = Installation({"XENIA_WORKERS": "2", "XENIA_DATA_DIR": str(tmp_path)})
    with ExitStack() as stack, pytest.raises(SetupError, match="2 workers need Valkey: set valkey_url, or workers = 1"):
        serve._valkey(installation, stack)
