-- F1 求学圆梦行动学历提升补助: one row an enrolment since 2019 at vocational school, college or university.
CREATE TEMP TABLE f1 AS
WITH enrolled AS (
    SELECT e.*, month_no(e.enrolled_on) - 1 AS to_month
    FROM enrolment AS e
    WHERE (e.level IN ('41', '31', '21')) IS NOT FALSE
        AND (e.enrolled_on BETWEEN DATE '2019-01-01' AND getvariable('today')) IS NOT FALSE
),
-- 会龄满半年
members AS (
    SELECT e.enrolment_id AS id, any_of(e.enrolled_on BETWEEN m.joined_on + INTERVAL 6 MONTH AND open_end(m.left_on)) AS holds
    FROM enrolled AS e
    JOIN membership AS m ON m.person_id = e.person_id
    GROUP BY e.enrolment_id
),
-- Industrial workers: employed on the day by a firm that on that day belongs to one of five industries.
employed AS (
    SELECT e.enrolment_id AS id, e.enrolled_on, w.employer_id,
        e.enrolled_on BETWEEN w.hired_on AND open_end(w.left_on) AS there
    FROM enrolled AS e
    JOIN employment AS w ON w.person_id = e.person_id
),
industrial AS (
    SELECT w.id, any_of(w.there AND CASE WHEN f.employer_id IS NOT NULL AND w.enrolled_on <= i.valid_to
        THEN i.industry IN ('C', 'D', 'E', 'G', 'I') END) AS holds
    FROM employed AS w
    LEFT JOIN employer AS f ON f.employer_id = w.employer_id
    ASOF LEFT JOIN employer_industry AS i ON i.employer_id = w.employer_id AND i.valid_from <= w.enrolled_on
    GROUP BY w.id
)
SELECT 'F1' AS policy, e.enrolment_id AS subject, '' AS period, '' AS title,
    -- considered, 适用日
    (e.level IN ('41', '31', '21') OR NULL) AND there(e.enrolled_on)
    AND CASE WHEN m.id IS NULL THEN FALSE ELSE m.holds END
    -- 身份: migrant worker insured six months in a row of the last twelve, or industrial worker
    AND (
        p.household_kind = '20' AND (
            CASE WHEN e.to_month IS NOT NULL
                THEN six_in_a_row(coalesce(c.settled_months, 0) & months_between(e.to_month - 11, e.to_month)) END
            OR CASE WHEN e.to_month > stored_month_no(getvariable('covered_month')) THEN NULL ELSE FALSE END
        )
        OR CASE WHEN i.id IS NULL THEN FALSE ELSE i.holds END
    )
    -- 学籍属实
    AND e.verification = '1'
    -- the keys of 同一层次一次 and 不兼高危行业补助
    AND there(e.level) AS holds,
    50000 AS amount
FROM enrolled AS e
LEFT JOIN person AS p ON p.person_id = e.person_id
LEFT JOIN person_months AS c ON c.person_id = e.person_id
LEFT JOIN members AS m ON m.id = e.enrolment_id
LEFT JOIN industrial AS i ON i.id = e.enrolment_id;
