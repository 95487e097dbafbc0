-- 名称: 停工先结束后开始
-- 说明: 最后停工的一天在开始停工之前,两个日期至少有一个错
-- 实体: 停工
SELECT
  s.stoppage_id AS key,
  s.employer_id AS subject,
  '开始 ' || s.started_on || ',结束 ' || s.ended_on AS what
FROM stoppage AS s
WHERE s.ended_on < s.started_on
