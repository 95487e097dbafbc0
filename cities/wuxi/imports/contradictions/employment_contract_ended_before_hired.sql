-- 名称: 合同止早于入职
-- 说明: 合同的最后一天在入职日期之前。可能是上一份合同的日期没有更新
-- 实体: 用工
SELECT
  w.employment_id AS key,
  w.person_id AS subject,
  '入职 ' || w.hired_on || ',合同止 ' || w.contract_to AS what
FROM employment AS w
WHERE w.contract_to < w.hired_on
