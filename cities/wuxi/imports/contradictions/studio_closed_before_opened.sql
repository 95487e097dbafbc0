-- 名称: 工作室撤销早于挂牌
-- 说明: 撤销日期在挂牌日期之前,两个日期至少有一个错
-- 实体: 大师工作室
SELECT
  s.master_studio_id AS key,
  s.employer_id AS subject,
  '挂牌 ' || s.opened_on || ',撤销 ' || s.closed_on AS what
FROM master_studio AS s
WHERE s.closed_on < s.opened_on
