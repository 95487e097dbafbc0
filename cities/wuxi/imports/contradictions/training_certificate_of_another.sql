-- 名称: 结业证书是别人的
-- 说明: 作为结业证明的证书,持证人不是这名学员
-- 实体: 培训
SELECT
  t.training_id AS key,
  t.person_id AS subject,
  '证书 ' || t.certificate_id AS what
FROM training AS t
JOIN certificate AS c ON c.certificate_id = t.certificate_id
WHERE c.person_id <> t.person_id
