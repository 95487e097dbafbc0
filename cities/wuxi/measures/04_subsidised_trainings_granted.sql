-- 名称: 其中已经享受补贴
-- 单位: 人次
-- 政策: A1、A2、A3、A5、A6、A7、A8、C1、F2
-- 怎么算: 上面的人次里,有一项培训补贴的决定是享受的;以工代训看培训期间有没有哪个月享受
-- 规模: 同比
WITH half AS (
  SELECT
    make_date(
      year(day + INTERVAL 1 DAY), CASE WHEN month(day + INTERVAL 1 DAY) > 6 THEN 7 ELSE 1 END, 1
    ) AS ends -- 已经过完的半年之后的第一天
  FROM as_of
),
granted AS (
  SELECT d.subject, d.period
  FROM decision AS d
  WHERE d.outcome = 'granted' AND d.policy IN ('A1', 'A2', 'A3', 'A5', 'A6', 'A7', 'A8', 'C1', 'F2')
),
trained AS (
  SELECT t.* FROM training AS t, half WHERE t.started_on >= ends - INTERVAL 6 MONTH AND t.started_on < ends
),
counted AS (
  SELECT t.training_id AS key FROM trained AS t JOIN granted AS g ON g.subject = t.training_id
  UNION
  -- 高技能人才培训补贴的决定是一本证书一个
  SELECT t.training_id FROM trained AS t JOIN granted AS g ON g.subject = t.certificate_id
  UNION
  -- 以工代训的决定是一段用工一个月一个
  SELECT t.training_id
  FROM trained AS t
  CROSS JOIN as_of
  JOIN employment AS w ON w.person_id = t.person_id AND w.employer_id = t.employer_id
  JOIN granted AS g ON g.subject = w.employment_id
  WHERE t.mode = '2'
    AND g.period >= strftime(t.started_on, '%Y-%m')
    AND g.period <= strftime(coalesce(t.ended_on, day), '%Y-%m')
  UNION
  SELECT o.online_study_id
  FROM online_study AS o
  CROSS JOIN half
  JOIN granted AS g ON g.subject = o.online_study_id
  WHERE o.completed_on >= ends - INTERVAL 6 MONTH AND o.completed_on < ends
)
SELECT count(*) AS value FROM counted
