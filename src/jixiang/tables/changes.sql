-- Which keys of one table differ between two states of it. `earlier` and `later` (key, content, recorded_at, source_row,
-- source, retracted) are what was known then and is known now, all versions; `fresh` is what came between.
--
-- Of the versions of a key the newest speaks, and a retracted one says that there is none. A key that came up again and
-- says what it said has not changed.
CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT key FROM fresh;

CREATE OR REPLACE TEMP TABLE differing AS
WITH before AS (
    SELECT key, content, retracted
    FROM earlier SEMI JOIN touched USING (key)
    QUALIFY row_number() OVER (
        PARTITION BY key ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
    ) = 1
),

after AS (
    SELECT key, content, retracted
    FROM later SEMI JOIN touched USING (key)
    QUALIFY row_number() OVER (
        PARTITION BY key ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
    ) = 1
)

SELECT
    key,
    b.content AS before,
    a.content AS after,
    CASE WHEN b.key IS NULL THEN 'new' WHEN a.key IS NULL THEN 'retracted' ELSE 'changed' END AS what
FROM (SELECT * FROM before WHERE NOT retracted) AS b
FULL JOIN (SELECT * FROM after WHERE NOT retracted) AS a USING (key)
WHERE b.content IS DISTINCT FROM a.content;
