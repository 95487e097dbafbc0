-- E3 失业保险稳岗返还, the texts of 2020 (decided as of the last day of 2020) and 2021 (as of the day of the run): one row an
-- employer and year that paid unemployment insurance in the year before.
CREATE TEMP TABLE e3 AS
WITH texts AS (
    FROM (VALUES
        (2020, least(DATE '2020-12-31', getvariable('today')), DATE '2019-01-01', DATE '2019-12-31', 55, 100, 50),
        (2021, least(DATE '2021-12-31', getvariable('today')), DATE '2020-01-01', DATE '2020-12-31', 60, 60, 30)
    ) AS t(period, day, first_day, last_day, line, small_share, large_share)
),
considered AS (
    SELECT t.*, e.employer_id, e.employer_kind, y.months, y.paid, y.unsaid
    FROM employer_year AS y
    JOIN employer AS e ON e.employer_id = y.employer_id
    JOIN texts AS t ON t.period = y.period
    WHERE y.months <> 0 AND (e.employer_kind IN ('10', '20', '30')) IS NOT FALSE
),
-- Month-end headcounts of the year before, and how many left for reasons that do not count as dismissal, at least and at most.
headcounts AS (
    SELECT employer_id, month // 100 + 1 AS period,
        CASE WHEN count(insured_count) = count(*) THEN sum(insured_count) END AS total, count(*) AS reports
    FROM headcount
    WHERE month BETWEEN 201901 AND 202012
    GROUP BY employer_id, period
),
departures AS (
    SELECT employer_id, year(departed_on) + 1 AS period,
        count(*) FILTER (reason IN ('11', '12', '13', '14')) AS least_natural,
        count(*) FILTER ((reason IN ('11', '12', '13', '14')) IS NOT FALSE) AS most_natural
    FROM departure
    WHERE departed_on BETWEEN DATE '2019-01-01' AND DATE '2020-12-31'
    GROUP BY employer_id, period
),
opening AS (
    SELECT c.*, CASE WHEN c.first_day <= n.valid_to THEN n.insured_count END AS at_first
    FROM considered AS c
    ASOF LEFT JOIN employer_insured_count AS n ON n.employer_id = c.employer_id AND n.valid_from <= c.first_day
),
closing AS (
    SELECT c.*, CASE WHEN c.last_day <= n.valid_to THEN n.insured_count END AS at_last
    FROM opening AS c
    ASOF LEFT JOIN employer_insured_count AS n ON n.employer_id = c.employer_id AND n.valid_from <= c.last_day
),
sized AS (
    SELECT c.*, CASE WHEN c.day <= s.valid_to THEN s.size END AS size
    FROM closing AS c
    ASOF LEFT JOIN employer_size AS s ON s.employer_id = c.employer_id AND s.valid_from <= c.day
),
reserved AS (
    SELECT c.*, CASE WHEN c.day <= r.valid_to THEN r.reserve_months END AS reserve_months
    FROM sized AS c
    ASOF LEFT JOIN city_reserve_months AS r ON r.valid_from <= c.day
),
-- The rate of dismissal is (first - last - natural) over the average headcount: compared in whole numbers, and between two
-- bounds where a reason is not known. An average of nothing is unknown.
measured AS (
    SELECT c.*,
        CASE WHEN c.at_last <= 30 THEN 200 WHEN c.at_last > 30 THEN c.line END * nullif(h.total, 0) AS allowed,
        1000 * h.reports * (c.at_first - c.at_last - coalesce(d.least_natural, 0)) AS most_cut,
        1000 * h.reports * (c.at_first - c.at_last - coalesce(d.most_natural, 0)) AS least_cut,
        CASE
            WHEN c.employer_kind = '10' AND c.size IN ('2', '3', '4') OR c.employer_kind = '20' THEN c.small_share
            WHEN c.employer_kind = '10' AND c.size = '1' OR c.employer_kind = '30' THEN c.large_share
        END AS share
    FROM reserved AS c
    LEFT JOIN headcounts AS h ON h.employer_id = c.employer_id AND h.period = c.period
    LEFT JOIN departures AS d ON d.employer_id = c.employer_id AND d.period = c.period
),
judged AS (
    SELECT m.*, CASE WHEN m.unsaid = 0 THEN (m.paid * m.share * 2 + 100) // 200 END AS due,
        -- considered
        (m.employer_kind IN ('10', '20', '30') OR NULL)
        -- 少裁员
        AND CASE WHEN m.most_cut <= m.allowed THEN TRUE WHEN m.least_cut > m.allowed THEN FALSE END
        -- 参保满年
        AND bit_count(m.months) >= 12
        -- 无失信
        AND NOT CASE WHEN b.employer_id IS NULL THEN FALSE ELSE b.listed END
        -- 基金可支撑
        AND m.reserve_months >= 12
        -- 金额
        AND due <> 0 AS holds
    FROM measured AS m
    LEFT JOIN blacklisted AS b ON b.employer_id = m.employer_id
)
SELECT 'E3' AS policy, employer_id AS subject, CAST(period AS VARCHAR) AS period, '' AS title, holds, due AS amount
FROM judged;
