-- Which keys of one table differ between two states of it. `earlier` and `later` (key, content, recorded_at, source_row,
-- source, retracted) are what was known then and is known now, all versions; `fresh` is what came between.
--
-- Of the versions of a key the newest speaks, and a retracted one says that there is none. Most keys have one version, so
-- only the others are put in order. A key that came up again and says what it said has not changed.
CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT key FROM fresh;

-- Each state is read once; only what was touched is held.
CREATE OR REPLACE TEMP TABLE touched_earlier AS SELECT * FROM earlier SEMI JOIN touched USING (key);

CREATE OR REPLACE TEMP TABLE touched_later AS SELECT * FROM later SEMI JOIN touched USING (key);

CREATE OR REPLACE TEMP TABLE again AS SELECT key FROM touched_later GROUP BY key HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE compared AS
WITH before AS (
    SELECT key, content FROM touched_earlier ANTI JOIN again USING (key) WHERE NOT retracted
    UNION ALL
    SELECT key, content
    FROM (
        SELECT * FROM touched_earlier SEMI JOIN again USING (key)
        QUALIFY row_number() OVER (
            PARTITION BY key ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
        ) = 1
    )
    WHERE NOT retracted
),

after AS (
    SELECT key, content FROM touched_later ANTI JOIN again USING (key) WHERE NOT retracted
    UNION ALL
    SELECT key, content
    FROM (
        SELECT * FROM touched_later SEMI JOIN again USING (key)
        QUALIFY row_number() OVER (
            PARTITION BY key ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
        ) = 1
    )
    WHERE NOT retracted
)

SELECT
    key,
    b.content AS before,
    a.content AS after,
    CASE WHEN b.key IS NULL THEN 'new' WHEN a.key IS NULL THEN 'retracted' ELSE 'changed' END AS what
FROM before AS b FULL JOIN after AS a USING (key)
WHERE b.content IS DISTINCT FROM a.content;
