-- 名称: 证书早于持证人满 16 周岁
-- 说明: 发证时持证人还没有出生,或不满 16 周岁。可能是发证日期错了,也可能证书是别人的
-- 实体: 证书
SELECT
  c.certificate_id AS key,
  c.person_id AS subject,
  '发证 ' || c.issued_on || ',出生 ' || p.birth_date AS what
FROM certificate AS c
JOIN person AS p ON p.person_id = c.person_id
WHERE c.issued_on < p.birth_date + INTERVAL 16 YEAR
