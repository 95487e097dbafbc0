-- 名称: 学徒培养先结束后开始
-- 说明: 实际结束或计划结束的日期在开始日期之前
-- 实体: 学徒培养
SELECT
  a.apprenticeship_id AS key,
  a.person_id AS subject,
  '开始 ' || a.started_on || ',结束 ' || least(a.ended_on, a.planned_end_on) AS what
FROM apprenticeship AS a
WHERE least(a.ended_on, a.planned_end_on) < a.started_on
