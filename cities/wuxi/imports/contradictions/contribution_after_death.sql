-- 名称: 死亡后仍有缴费
-- 说明: 所属期在死亡当月之后。可能是死亡日期登记错了,也可能是单位没有办减员
-- 实体: 缴费
SELECT
  c.contribution_id AS key,
  c.person_id AS subject,
  '所属期 ' || c.month || ',死亡 ' || p.died_on AS what
FROM contribution AS c
JOIN person AS p ON p.person_id = c.person_id
WHERE p.died_on IS NOT NULL
  AND c.month > year(p.died_on) * 100 + month(p.died_on)
