"""What engines that look at one case at a time are given: of each candidate of A1, A8 and B3 its features, ready.

Which of several versions of a row speaks, the joins, the aggregates and what was so on a day are worked out before, by the SQL by
hand: that is most of the work, and none of it is counted to the engine. An empty cell is what is not known. With them comes what
the SQL by hand says of the candidate: `outcome`, and `fen` where it holds.
"""

from __future__ import annotations

import pyarrow as pa

from benchmarks.by_hand.run import FOLDER, offered
from jixiang.tables.store import FactStore

SAID = """CASE WHEN j.holds THEN 'holds' WHEN NOT j.holds THEN 'denied' ELSE 'unknown' END AS outcome,
    CASE WHEN j.holds THEN CAST(j.amount AS BIGINT) END AS fen"""
INSURED = """CASE WHEN has_month(coalesce(m.unemployment_months, 0), {month}) THEN TRUE
    WHEN not_covered({month}) IS NOT FALSE THEN NULL ELSE FALSE END AS insured_then"""
READY = {
    "B3": f"""
        SELECT j.subject, {SAID},
            CASE WHEN c.issued_on IS NOT NULL THEN TRUE END AS dated,
            bit_count(coalesce(m.unemployment_months, 0) & months_to(month_no(getvariable('today')) - 1)) AS months_insured,
            {INSURED.format(month="month_no(c.issued_on)")},
            datediff('day', getvariable('today'), CAST(c.issued_on + INTERVAL 12 MONTH AS DATE)) AS days_left,
            c.valid, c.obtained_by, c.level, c.occupation, c.person_id, c.issued_on,
            coalesce(m.unemployment_months, 0) AS months
        FROM b3 AS j
        JOIN certificate AS c ON c.certificate_id = j.subject
        LEFT JOIN person_months AS m ON m.person_id = c.person_id
        ORDER BY j.subject""",
    "A8": f"""
        SELECT j.subject, {SAID},
            CASE WHEN s.completed_on IS NOT NULL THEN TRUE END AS dated,
            s.effective_hours, s.score, s.face_check, {INSURED.format(month="month_no(s.completed_on)")}, s.employer_id, s.course
        FROM a8 AS j
        JOIN online_study AS s ON s.online_study_id = j.subject
        LEFT JOIN person_employer AS m ON m.person_id = s.person_id AND m.employer_id = s.employer_id
        ORDER BY j.subject""",
    "A1": f"""
        WITH months AS (
            SELECT j.*, h.*, stored_month_no(CAST(replace(j.period, '-', '') AS INTEGER)) AS n,
                least(month_end(n), getvariable('today')) AS day
            FROM a1 AS j JOIN hired AS h ON h.employment_id = j.subject
        ),
        sized AS (
            SELECT j.*, CASE WHEN j.day <= s.valid_to THEN s.size END AS size
            FROM months AS j
            ASOF LEFT JOIN employer_size AS s ON s.employer_id = j.employer_id AND s.valid_from <= j.day
        ),
        counted AS (
            SELECT j.*, CASE WHEN j.day <= c.valid_to THEN c.insured_count END AS insured_count
            FROM sized AS j
            ASOF LEFT JOIN employer_insured_count AS c ON c.employer_id = j.employer_id AND c.valid_from <= j.day
        )
        SELECT j.subject, {SAID}, j.person_id, j.n AS month,
            CASE WHEN j.since IS NOT NULL AND has_month(j.months, j.n) THEN TRUE END AS trained,
            e.employer_kind IN ('10', '20') AND j.size IN ('2', '3', '4') AS small_firm,
            CASE WHEN b.employer_id IS NULL THEN FALSE ELSE b.listed END AS listed,
            CASE WHEN g.id IS NULL THEN FALSE ELSE g.belongs END AS key_group,
            p.birth_date, p.sex, j.person_id = e.legal_person_id AS legal_person,
            {INSURED.format(month="j.n")},
            CASE WHEN e.employer_id IS NOT NULL AND j.insured_count IS NOT NULL THEN TRUE END AS counted
        FROM counted AS j
        LEFT JOIN employer AS e ON e.employer_id = j.employer_id
        LEFT JOIN blacklisted AS b ON b.employer_id = j.employer_id
        LEFT JOIN key_group AS g ON g.id = j.subject
        LEFT JOIN person AS p ON p.person_id = j.person_id
        LEFT JOIN person_employer AS m ON m.person_id = j.person_id AND m.employer_id = j.employer_id
        ORDER BY j.subject, j.n""",
}
SHARED = ("1_words", "2_facts", "3_contributions", "4_groups")


def ready(store: FactStore, *policies: str) -> dict[str, pa.Table]:
    """Policy → its candidates' features, one row a candidate."""
    with offered(store) as con:
        for name in (*SHARED, *(f"5_{policy.lower()}" for policy in policies)):
            con.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
        return {policy: con.sql(READY[policy]).to_arrow_table() for policy in policies}
