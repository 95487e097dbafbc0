-- 名称: 结业证书早于培训结束
-- 说明: 作为结业证明的证书,在培训结束之前就发了。可能不是这一次培训的证书
-- 实体: 培训
SELECT
  t.training_id AS key,
  t.person_id AS subject,
  '结束 ' || t.ended_on || ',发证 ' || c.issued_on AS what
FROM training AS t
JOIN certificate AS c ON c.certificate_id = t.certificate_id
WHERE c.issued_on < t.ended_on
