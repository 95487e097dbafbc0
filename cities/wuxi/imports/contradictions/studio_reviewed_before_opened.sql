-- 名称: 工作室没有挂牌就评审
-- 说明: 评审日期在工作室挂牌日期之前。可能评审的是另一个工作室
-- 实体: 工作室评审
SELECT
  r.studio_review_id AS key,
  r.master_studio_id AS subject,
  '挂牌 ' || s.opened_on || ',评审 ' || r.reviewed_on AS what
FROM studio_review AS r
JOIN master_studio AS s ON s.master_studio_id = r.master_studio_id
WHERE r.reviewed_on < s.opened_on
