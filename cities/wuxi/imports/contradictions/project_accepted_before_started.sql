-- 名称: 培训项目没有开始就验收
-- 说明: 验收日期在开始日期之前。可能是验收日期错了,也可能验收的是另一个项目
-- 实体: 培训项目
SELECT
  p.training_project_id AS key,
  p.provider_id AS subject,
  '开始 ' || p.started_on || ',验收 ' || p.accepted_on AS what
FROM training_project AS p
WHERE p.accepted_on < p.started_on
