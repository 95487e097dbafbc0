-- 名称: 死亡早于出生
-- 说明: 死亡日期在出生日期之前,两个日期至少有一个错
-- 实体: 人员
SELECT
  p.person_id AS key,
  p.person_id AS subject,
  '出生 ' || p.birth_date || ',死亡 ' || p.died_on AS what
FROM person AS p
WHERE p.died_on < p.birth_date
