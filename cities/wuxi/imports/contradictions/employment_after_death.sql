-- 名称: 死亡后入职
-- 说明: 入职日期在死亡日期之后。可能是死亡日期登记错了,也可能用工登记的是别人
-- 实体: 用工
SELECT
  w.employment_id AS key,
  w.person_id AS subject,
  '入职 ' || w.hired_on || ',死亡 ' || p.died_on AS what
FROM employment AS w
JOIN person AS p ON p.person_id = w.person_id
WHERE w.hired_on > p.died_on
