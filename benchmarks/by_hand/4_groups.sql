-- Who belonged to which group on a day: asked once for all policies that ask.

-- A1 asks of an employment, month by month while the person is trained there. Its candidates: hired in or after 2020 (or nobody
-- knows when), with the months of work-based training at that firm as a set; where a training has no first day, its months are in
-- `perhaps`. A month is considered from that of the hiring to that of the leaving.
CREATE TEMP TABLE hired AS
WITH trained AS (
    SELECT person_id, employer_id,
        coalesce(bit_or(months_between(month_no(started_on), month_no(open_end(ended_on)))), 0) AS months,
        coalesce(bit_or(months_to(month_no(open_end(ended_on)))) FILTER (started_on IS NULL), 0) AS perhaps
    FROM training
    WHERE mode = '2'
    GROUP BY person_id, employer_id
),
dated AS (
    SELECT *, CASE WHEN insured_from IS NULL THEN hired_on WHEN hired_on IS NOT NULL THEN least(hired_on, insured_from) END AS since
    FROM employment
)
SELECT d.employment_id, d.person_id, d.employer_id, d.since, t.months,
    (t.months | t.perhaps) & months_to(month_no(open_end(d.left_on)))
        & ~months_to(coalesce(month_no(d.since), 0) - 1)
        & months_between(12, month_no(getvariable('today'))) AS considered
FROM dated AS d
JOIN trained AS t ON t.person_id = d.person_id AND t.employer_id = d.employer_id
WHERE (d.since >= DATE '2020-01-01') IS NOT FALSE AND considered <> 0;

CREATE TEMP TABLE asked AS
SELECT employment_id AS id, person_id, since AS day FROM hired
UNION ALL
SELECT training_id, person_id, enrolled_on FROM training WHERE mode = '1';

-- Registered as unemployed, recognised as in hardship (zero-employment families included), graduated from college within
-- 24 months: any one of them makes a member of the groups of work-based training.
CREATE TEMP TABLE key_group AS
SELECT id, any_of(holds) AS belongs
FROM (
    SELECT a.id, a.day BETWEEN u.registered_on AND open_end(u.cancelled_on) AS holds
    FROM asked AS a JOIN unemployment AS u ON u.person_id = a.person_id
    UNION ALL
    SELECT a.id, a.day BETWEEN h.recognised_on AND open_end(h.ended_on) AS holds
    FROM asked AS a JOIN hardship AS h ON h.person_id = a.person_id
    UNION ALL
    SELECT a.id, a.day BETWEEN e.graduated_on AND e.graduated_on + INTERVAL 24 MONTH AS holds
    FROM asked AS a JOIN education AS e ON e.person_id = a.person_id
    WHERE e.level IN ('31', '21', '14', '11')
)
GROUP BY id;

-- Left school this year and went to no other.
CREATE TEMP TABLE left_school AS
WITH of_trainings AS (
    FROM asked SEMI JOIN (FROM training WHERE mode = '1') AS t ON t.training_id = asked.id
),
graduated AS (
    SELECT a.id, any_of(e.graduated_on BETWEEN date_trunc('year', a.day) AND a.day) AS holds
    FROM of_trainings AS a JOIN education AS e ON e.person_id = a.person_id
    WHERE e.level IN ('71', '61')
    GROUP BY a.id
),
enrolled AS (
    SELECT a.id, any_of(e.enrolled_on BETWEEN date_trunc('year', a.day) AND a.day) AS holds
    FROM of_trainings AS a JOIN enrolment AS e ON e.person_id = a.person_id
    GROUP BY a.id
)
SELECT g.id, g.holds AND NOT CASE WHEN e.id IS NULL THEN FALSE ELSE e.holds END AS belongs
FROM graduated AS g
LEFT JOIN enrolled AS e ON e.id = g.id;
