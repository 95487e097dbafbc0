"""What the tests of the tutorials share."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.example import ROOT


@pytest.fixture
def officer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of his own, with the project's cities in it."""
    (tmp_path / "cities").symlink_to(ROOT / "cities")
    monkeypatch.chdir(tmp_path)
    return tmp_path
