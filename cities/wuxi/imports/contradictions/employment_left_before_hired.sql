-- 名称: 离职早于入职
-- 说明: 离职日期在入职日期之前,两个日期至少有一个错
-- 实体: 用工
SELECT
  w.employment_id AS key,
  w.person_id AS subject,
  '入职 ' || w.hired_on || ',离职 ' || w.left_on AS what
FROM employment AS w
WHERE w.left_on < w.hired_on
