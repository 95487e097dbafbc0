-- The newest version of each key among `versions` (key, content, recorded_at, source, source_row, retracted, shared,
-- superseded, claimed): of equals the larger source_row, then the larger source. A source reads as name@day; without a
-- day it is older than any. `absent`: taken back because an extract lacked it, which no row of a file did (line 0).
CREATE OR REPLACE TEMP TABLE again AS
SELECT key FROM versions GROUP BY key HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE known AS
WITH newest AS (
    SELECT * FROM versions ANTI JOIN again USING (key)
    UNION ALL
    SELECT * FROM versions SEMI JOIN again USING (key)
    QUALIFY row_number() OVER (
        PARTITION BY key
        ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
    ) = 1
)
SELECT
    key,
    content,
    shared,
    superseded,
    claimed,
    coalesce(retracted, false) AS retracted,
    coalesce(retracted AND source_row % 1000000000 = 0, false) AS absent,
    coalesce(try_cast(regexp_extract(source, '@([^@]*)$', 1) AS DATE), DATE '0001-01-01') AS day,
    coalesce(regexp_replace(source, '@[^@]*$', ''), '') AS name
FROM newest;
