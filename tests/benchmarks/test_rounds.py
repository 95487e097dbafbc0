"""Every side of the benchmark judges a tiny city as the SQL by hand does, and the page says what was measured. No time is asserted."""

import duckdb
import pytest
from benchmarks.__main__ import measured
from benchmarks.compare import unlike_outcomes
from benchmarks.report import report

SCALE = 0.002


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    return measured(SCALE, 1, 1, tmp_path_factory.mktemp("rounds"))


def test_cold_warm_and_a_new_month_say_what_the_sql_says(sides):
    assert sides.rounds.wrong == []
    assert len(sides.rounds.cold) == len(sides.rounds.warm) == len(sides.rounds.month) == len(sides.rounds.whole) == 1
    assert sides.decisions > 1000


def test_what_is_kept_was_read_warm_and_advanced_for_the_month(sides):
    """Else the sides would be one and the same."""
    (warm,), (month,), (cold,) = sides.rounds.warm, sides.rounds.month, sides.rounds.cold
    assert "months_contribution" in cold.spent and "months_contribution" not in {*warm.spent, *month.spent}
    assert "new facts taken in" in month.spent and "new facts taken in" not in warm.spent


def test_a_row_that_differs_is_told(sides, tmp_path):
    hand = next(sides.folders.facts.parent.glob("run/by_hand.parquet"))
    changed = tmp_path / "changed.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT * REPLACE ('holds' AS outcome) FROM read_parquet('{hand}') WHERE outcome <> 'holds' "
            f"ORDER BY ALL LIMIT 1) TO '{changed}' (FORMAT parquet)"
        )
    assert any(said.startswith("only ours") and "'holds'" in said for said in unlike_outcomes(changed, hand))


def test_the_page_has_every_side_and_the_growth(sides):
    text = report(sides, seed=3, load=0.0, smaller=sides)
    for said in (
        "ours, cold, judged",
        "ours, warm, judged",
        "new month",
        "changed people re-decided",
        "that is 1 times",
    ):
        assert said in text
