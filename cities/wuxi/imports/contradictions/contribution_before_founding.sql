-- 名称: 单位成立前的缴费
-- 说明: 所属期在单位成立当月之前。可能是单位的信用代码填错,或成立日期是后来变更的日期
-- 实体: 缴费
SELECT
  c.contribution_id AS key,
  c.employer_id AS subject,
  '所属期 ' || c.month || ',成立 ' || e.founded_on AS what
FROM contribution AS c
JOIN employer AS e ON e.employer_id = c.employer_id
WHERE c.month < year(e.founded_on) * 100 + month(e.founded_on)
  -- 灵活就业窗口不是真的单位
  AND coalesce(e.employer_kind, '') <> '90'
