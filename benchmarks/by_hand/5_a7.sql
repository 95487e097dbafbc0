-- A7 就业重点群体职业培训补贴: one row a training of mode 定点培训.

-- The catalogue: trade, its levels, from, to. What a level is worth is the same for all trades, but for carers since 2021.
CREATE TEMP TABLE catalogue AS
FROM (VALUES
    ('6-18-01-01', '54321', DATE '2019-08-28', DATE '9999-12-31'), ('6-18-01-02', '54321', '2019-08-28', '9999-12-31'),
    ('6-18-01-07', '4321', '2019-08-28', '9999-12-31'), ('6-18-02-04', '54321', '2019-08-28', '9999-12-31'),
    ('6-18-04-01', '54321', '2019-08-28', '9999-12-31'), ('6-20-01-01', '54321', '2019-08-28', '9999-12-31'),
    ('6-31-01-02', '54321', '2019-08-28', '9999-12-31'), ('6-31-01-03', '54321', '2019-08-28', '9999-12-31'),
    ('6-22-02-01', '5432', '2019-08-28', '9999-12-31'), ('4-12-01-01', '54321', '2019-08-28', '9999-12-31'),
    ('6-29-03-03', '5432', '2019-08-28', '9999-12-31'), ('6-25-01-13', '543', '2019-08-28', '9999-12-31'),
    ('6-25-02-05', '5432', '2019-08-28', '9999-12-31'), ('6-11-01-03', '54321', '2019-08-28', '9999-12-31'),
    ('6-31-03-01', '54321', '2019-08-28', '9999-12-31'), ('6-28-03-03', '543', '2019-08-28', '9999-12-31'),
    ('4-03-02-01', '54321', '2019-08-28', '9999-12-31'), ('4-10-01-05', '5432', '2019-08-28', '9999-12-31'),
    ('4-10-01-06', '543', '2019-08-28', '9999-12-31'), ('4-01-02-02', '432', '2019-08-28', '9999-12-31'),
    ('4-07-05-01', '543', '2019-08-28', '2020-12-31'), ('4-02-07-08', '543', '2020-03-01', '9999-12-31'),
    ('4-02-07-09', '543', '2020-03-01', '9999-12-31'), ('4-02-06-01', '543', '2020-03-01', '9999-12-31'),
    ('4-02-02-02', '543', '2020-03-01', '9999-12-31'), ('6-30-99-00', '4321', '2020-07-01', '9999-12-31'),
    ('6-31-01-10', '4321', '2020-07-01', '9999-12-31'), ('4-02-07-10', '543', '2021-01-01', '9999-12-31'),
    ('4-04-05-05', '543', '2021-01-01', '9999-12-31')
) AS c(occupation, levels, valid_from, valid_to);

CREATE TEMP TABLE scarce AS
FROM (VALUES
    ('6-18-01-07', DATE '2020-01-01', DATE '2021-12-31'), ('6-18-04-01', '2020-01-01', '2021-12-31'),
    ('6-18-02-04', '2020-01-01', '9999-12-31'), ('6-25-02-05', '2021-01-01', '9999-12-31'),
    ('6-31-01-10', '2021-01-01', '9999-12-31'), ('4-10-01-05', '2021-01-01', '9999-12-31'),
    ('4-04-05-05', '2022-01-01', '9999-12-31')
) AS s(occupation, valid_from, valid_to);

CREATE TEMP TABLE a7 AS
WITH dated AS (
    SELECT t.*, c.person_id AS holder, c.valid AS c_valid, c.occupation AS c_occupation, c.level AS c_level,
        CASE WHEN t.certificate_id IS NOT NULL THEN c.issued_on ELSE getvariable('today') END AS day
    FROM training AS t
    LEFT JOIN certificate AS c ON c.certificate_id = t.certificate_id
    WHERE t.mode = '1' AND (day BETWEEN DATE '2019-08-28' AND getvariable('today')) IS NOT FALSE
),
priced AS (
    SELECT d.*, c.occupation IS NOT NULL AS catalogued,
        CASE
            WHEN NOT catalogued THEN NULL
            WHEN d.occupation = '4-10-01-05' AND d.day >= DATE '2021-01-01'
                THEN CASE d.level WHEN '5' THEN 120000 WHEN '4' THEN 160000 WHEN '3' THEN 220000 ELSE 320000 END
            ELSE CASE d.level WHEN '5' THEN 100000 WHEN '4' THEN 130000 WHEN '3' THEN 180000 WHEN '2' THEN 280000 ELSE 360000 END
        END * CASE WHEN s.occupation IS NOT NULL AND d.day >= DATE '2021-01-01' THEN 130 ELSE 100 END // 100 AS amount
    FROM dated AS d
    LEFT JOIN catalogue AS c
        ON c.occupation = d.occupation AND contains(c.levels, d.level) AND d.day BETWEEN c.valid_from AND c.valid_to
    LEFT JOIN scarce AS s ON s.occupation = d.occupation AND d.day BETWEEN s.valid_from AND s.valid_to
),
-- Twelve months before the month of enrolment, under any insurance; a month that the extract lacks leaves "too few" open.
asked_months AS (
    SELECT t.*, m.settled_months, month_no(t.enrolled_on) - 1 AS to_month,
        (coalesce(m.settled_months, 0) & months_between(to_month - 11, to_month)) AS months
    FROM priced AS t
    LEFT JOIN person_months AS m ON m.person_id = t.person_id
),
judged AS (
    SELECT t.*,
        -- 适用日
        there(t.day)
        -- 重点群体: those of work-based training, school leavers, migrant workers insured six months in a row, veterans
        AND (
            CASE WHEN g.id IS NULL THEN FALSE ELSE g.belongs END
            OR CASE WHEN l.id IS NULL THEN FALSE ELSE l.belongs END
            OR p.household_kind = '20' AND (
                CASE WHEN t.to_month IS NOT NULL THEN six_in_a_row(t.months) END
                OR CASE WHEN t.to_month > stored_month_no(getvariable('covered_month')) THEN NULL ELSE FALSE END
            )
            OR p.veteran
        )
        -- 适龄
        AND p.birth_date + INTERVAL 192 MONTH <= t.enrolled_on
        -- 已取证
        AND t.certificate_id IS NOT NULL
        -- 证书相符
        AND t.holder = t.person_id AND t.c_valid AND t.c_occupation = t.occupation AND t.c_level = t.level
        -- 目录内
        AND CASE WHEN t.occupation IS NOT NULL AND t.level IS NOT NULL AND t.day IS NOT NULL THEN t.catalogued END
        -- 金额, 受益人 (the provider for free trainings), the keys of 同职业同等级一次 and 不兼项目制
        AND there(t.amount) AND there(CASE WHEN t.free THEN t.provider_id WHEN NOT t.free THEN t.person_id END)
        AND there(t.occupation) AND there(t.level) AND there(t.course) AS holds
    FROM asked_months AS t
    LEFT JOIN person AS p ON p.person_id = t.person_id
    LEFT JOIN key_group AS g ON g.id = t.training_id
    LEFT JOIN left_school AS l ON l.id = t.training_id
)
SELECT 'A7' AS policy, training_id AS subject, '' AS period, '' AS title, holds, amount
FROM judged;
