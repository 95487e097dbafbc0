-- A8 线上培训补贴: one row a course finished since February 2020.
CREATE TEMP TABLE a8 AS
SELECT 'A8' AS policy, s.online_study_id AS subject, '' AS period, '' AS title,
    -- 适用日
    there(s.completed_on)
    -- 课时够, 考试合格, 本人学习
    AND s.effective_hours >= 20 AND s.score >= 60 AND s.face_check = '1'
    -- 在职
    AND (
        has_month(coalesce(c.unemployment_months, 0), month_no(s.completed_on))
        OR CASE WHEN not_covered(month_no(s.completed_on)) IS NOT FALSE THEN NULL ELSE FALSE END
    )
    -- 受益人, and the key of 同一课程一次
    AND there(s.employer_id) AND there(s.course) AS holds,
    1000 * s.effective_hours AS amount
FROM online_study AS s
LEFT JOIN person_employer AS c ON c.person_id = s.person_id AND c.employer_id = s.employer_id
WHERE (s.completed_on BETWEEN DATE '2020-02-01' AND least(DATE '2021-12-31', getvariable('today'))) IS NOT FALSE;
