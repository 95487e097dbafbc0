-- 名称: 同时在两家单位
-- 说明: 两段用工在不同单位,重叠超过一天。可能前一家没有办减员;确有两份工作的,只有一家参加失业保险
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
  -- 每一对只算一次,算在后入职的那一段上
  AND (a.hired_on, a.employment_id) < (b.hired_on, b.employment_id)
  -- 当天离职、当天入职不算
  AND b.hired_on < a.left_on
  AND a.hired_on < b.left_on
