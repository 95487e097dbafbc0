"""Where things lie that both sides of the benchmark need."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
CITY = ROOT / "cities" / "wuxi"
KEPT = ROOT / "out" / "bench"  # not in git
