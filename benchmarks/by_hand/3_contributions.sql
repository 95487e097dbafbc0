-- Contributions: nine tenths of all rows, so they are read once, for all policies together, into sets of months.
--
-- person, employer → months insured against unemployment and settled; months settled under any insurance; what was paid for
-- unemployment insurance in the two years that count for E3, and how many rows of those do not say how much.
-- `settled`, `insurance` and `month` are never empty (the caller has looked into the footers), so the sets are certain.

CREATE TEMP TABLE person_employer AS
WITH later AS (
    FROM later_contribution
    WHERE known_by_then(recorded_at)
    QUALIFY row_number() OVER (PARTITION BY contribution_id ORDER BY recorded_at DESC, source_row DESC, source DESC) = 1
),
first AS (
    FROM first_contribution WHERE known_by_then(recorded_at)
),
-- No key occurs twice on either side: one pass over the first load, with the few later versions in a hash table.
speaking AS (
    SELECT
        l.contribution_id IS NOT NULL
            AND (f.contribution_id IS NULL OR (l.recorded_at, l.source_row, l.source) > (f.recorded_at, f.source_row, f.source))
            AS corrected,
        CASE WHEN corrected THEN l.person_id ELSE f.person_id END AS person_id,
        CASE WHEN corrected THEN l.employer_id ELSE f.employer_id END AS employer_id,
        CASE WHEN corrected THEN l.insurance ELSE f.insurance END AS insurance,
        CASE WHEN corrected THEN l.month ELSE f.month END AS month,
        CASE WHEN corrected THEN l.paid ELSE f.paid END AS paid,
        CASE WHEN corrected THEN l.settled ELSE f.settled END AS settled,
        CASE WHEN corrected THEN l.retracted ELSE f.retracted END AS retracted
    FROM first AS f
    FULL JOIN later AS l ON f.contribution_id = l.contribution_id
)
SELECT person_id, employer_id,
    coalesce(bit_or(1::BIGINT << stored_month_no(month)) FILTER (settled AND insurance = '210'), 0) AS unemployment_months,
    coalesce(bit_or(1::BIGINT << stored_month_no(month)) FILTER (settled), 0) AS settled_months,
    coalesce(sum(paid) FILTER (insurance = '210' AND month BETWEEN 201901 AND 201912), 0) AS paid_2019,
    coalesce(sum(paid) FILTER (insurance = '210' AND month BETWEEN 202001 AND 202012), 0) AS paid_2020,
    count(*) FILTER (insurance = '210' AND month BETWEEN 201901 AND 201912 AND paid IS NULL) AS unsaid_2019,
    count(*) FILTER (insurance = '210' AND month BETWEEN 202001 AND 202012 AND paid IS NULL) AS unsaid_2020
FROM speaking
WHERE retracted IS NOT TRUE
GROUP BY person_id, employer_id;

CREATE TEMP TABLE person_months AS
SELECT person_id, bit_or(unemployment_months) AS unemployment_months, bit_or(settled_months) AS settled_months
FROM person_employer
GROUP BY person_id;

-- An employer's months are those in which anybody was insured there.
CREATE TEMP TABLE employer_year AS
WITH employer_months AS (
    SELECT employer_id, bit_or(unemployment_months) AS months,
        sum(paid_2019) AS paid_2019, sum(paid_2020) AS paid_2020, sum(unsaid_2019) AS unsaid_2019, sum(unsaid_2020) AS unsaid_2020
    FROM person_employer
    GROUP BY employer_id
)
SELECT employer_id, 2020 AS period, months & months_between(0, 11) AS months, paid_2019 AS paid, unsaid_2019 AS unsaid
FROM employer_months
UNION ALL
SELECT employer_id, 2021 AS period, months & months_between(12, 23) AS months, paid_2020 AS paid, unsaid_2020 AS unsaid
FROM employer_months;
