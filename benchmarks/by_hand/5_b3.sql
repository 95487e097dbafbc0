-- B3 失业保险技能提升补贴: one row a certificate issued since 2017.
CREATE TEMP TABLE b3 AS
SELECT 'B3' AS policy, c.certificate_id AS subject, '' AS period, '' AS title,
    -- 适用日
    there(c.issued_on)
    -- 参保满期: twelve different months up to last month, as asked on the day of the run
    AND bit_count(coalesce(m.unemployment_months, 0) & months_to(month_no(getvariable('today')) - 1)) >= 12
    -- 取证当月参保
    AND (
        has_month(coalesce(m.unemployment_months, 0), month_no(c.issued_on))
        OR CASE WHEN not_covered(month_no(c.issued_on)) IS NOT FALSE THEN NULL ELSE FALSE END
    )
    -- 证书在期
    AND getvariable('today') <= c.issued_on + INTERVAL 12 MONTH
    -- 证书有效, 考核取得, 等级可补
    AND c.valid AND c.obtained_by = '1' AND c.level IN ('5', '4', '3')
    -- the keys of 同职业同等级一次 and 不补低级
    AND there(c.occupation) AND there(c.level) AS holds,
    CASE WHEN c.issued_on IS NOT NULL
        THEN CASE c.level WHEN '5' THEN 100000 WHEN '4' THEN 150000 WHEN '3' THEN 200000 END END AS amount
FROM certificate AS c
LEFT JOIN person_months AS m ON m.person_id = c.person_id
WHERE (c.issued_on BETWEEN DATE '2017-01-01' AND getvariable('today')) IS NOT FALSE;
