-- A1 以工代训补贴(新吸纳重点群体): one row an employment and month in which the person is trained there.
CREATE TEMP TABLE a1 AS
WITH months AS (
    SELECT h.*, p.n, least(month_end(p.n), getvariable('today')) AS day, month_end(p.n) AS last_day
    FROM hired AS h
    JOIN range(12, month_no(getvariable('today')) + 1) AS p(n) ON has_month(h.considered, p.n)
),
sized AS (
    SELECT m.*, CASE WHEN m.day <= s.valid_to THEN s.size END AS size
    FROM months AS m
    ASOF LEFT JOIN employer_size AS s ON s.employer_id = m.employer_id AND s.valid_from <= m.day
),
counted AS (
    SELECT m.*, m.day <= c.valid_to AS in_force, CASE WHEN in_force THEN c.insured_count END AS insured_count
    FROM sized AS m
    ASOF LEFT JOIN employer_insured_count AS c ON c.employer_id = m.employer_id AND c.valid_from <= m.day
),
-- A row that was closed leaves a gap, unless an earlier one was never closed: then that one speaks again. There are few of them.
resumed AS (
    SELECT m.employment_id, m.n, arg_max_null(c.insured_count, c.valid_from) AS insured_count
    FROM counted AS m
    JOIN employer_insured_count AS c ON c.employer_id = m.employer_id AND m.day BETWEEN c.valid_from AND c.valid_to
    WHERE m.in_force IS NOT TRUE
    GROUP BY ALL
),
judged AS (
    SELECT m.employment_id, m.n,
        -- considered: unknown where the hiring or the training has no day
        (m.since IS NOT NULL AND has_month(m.months, m.n) OR NULL)
        -- 中小微
        AND e.employer_kind IN ('10', '20') AND m.size IN ('2', '3', '4')
        -- 无失信
        AND NOT CASE WHEN b.employer_id IS NULL THEN FALSE ELSE b.listed END
        -- 重点群体
        AND CASE WHEN g.id IS NULL THEN FALSE ELSE g.belongs END
        -- 适龄: 16 by the end of the month, and not yet of pension age (60 for men, 50 for women)
        AND p.birth_date + INTERVAL 192 MONTH <= m.last_day
        AND m.last_day < p.birth_date + CASE p.sex WHEN '1' THEN INTERVAL 720 MONTH WHEN '2' THEN INTERVAL 600 MONTH END
        -- 非法人代表
        AND m.person_id <> e.legal_person_id
        -- 当月参保
        AND (has_month(coalesce(c.unemployment_months, 0), m.n) OR CASE WHEN not_covered(m.n) THEN NULL ELSE FALSE END)
        -- 单位人月: the limit must be known
        AND there(CASE WHEN e.employer_id IS NOT NULL THEN coalesce(m.insured_count, r.insured_count) END) AS holds
    FROM counted AS m
    LEFT JOIN employer AS e ON e.employer_id = m.employer_id
    LEFT JOIN blacklisted AS b ON b.employer_id = m.employer_id
    LEFT JOIN key_group AS g ON g.id = m.employment_id
    LEFT JOIN person AS p ON p.person_id = m.person_id
    LEFT JOIN person_employer AS c ON c.person_id = m.person_id AND c.employer_id = m.employer_id
    LEFT JOIN resumed AS r ON r.employment_id = m.employment_id AND r.n = m.n
)
SELECT 'A1' AS policy, employment_id AS subject, strftime(month_start(n), '%Y-%m') AS period, '' AS title, holds, 50000 AS amount
FROM judged;
