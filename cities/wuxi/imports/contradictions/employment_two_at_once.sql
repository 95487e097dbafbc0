-- 名称: 同时在两家单位
-- 说明: 前一段用工还没有结束,又在另一家单位入职,重叠超过一天。多半是前一家没有办减员
-- 实体: 用工
WITH job AS (
  SELECT w.employment_id, w.person_id, w.employer_id, w.hired_on, coalesce(w.left_on, DATE '9999-12-31') AS left_on
  FROM employment AS w
  JOIN employer AS e ON e.employer_id = w.employer_id
  WHERE w.hired_on IS NOT NULL
    -- 灵活就业窗口不是真的单位
    AND coalesce(e.employer_kind, '') <> '90'
)
SELECT
  b.employment_id AS key,
  b.person_id AS subject,
  '入职 ' || b.hired_on || ',另一家从 ' || a.hired_on
    || CASE WHEN a.left_on = DATE '9999-12-31' THEN ' 至今' ELSE ' 到 ' || a.left_on END AS what
FROM job AS a
JOIN job AS b
  ON a.person_id = b.person_id
  AND a.employer_id <> b.employer_id
  -- 每一对只算一次,算在后入职的那一段上。同一天登记的两份工作是申报过的兼职,不是两份全日制
  AND a.hired_on < b.hired_on
  -- 当天离职、当天入职不算
  AND b.hired_on < a.left_on
