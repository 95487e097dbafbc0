-- 名称: 未满 16 周岁就业
-- 说明: 入职时不满 16 周岁。可能是入职日期或号码错了;属实的是使用童工,要另行处理
-- 实体: 用工
SELECT
  w.employment_id AS key,
  w.person_id AS subject,
  '入职 ' || w.hired_on || ',出生 ' || p.birth_date AS what
FROM employment AS w
JOIN person AS p ON p.person_id = w.person_id
WHERE w.hired_on < p.birth_date + INTERVAL 16 YEAR
