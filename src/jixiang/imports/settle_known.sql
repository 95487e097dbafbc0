-- The newest of `versions` of each key: of those recorded together the larger source_row, then the larger source. A source
-- reads as name@day; without a day it is older than any. `_absent`: taken back because an extract lacked it, which no row of
-- a file caused (line 0). `again`: keys that have several versions.
CREATE OR REPLACE TEMP VIEW known AS
WITH newest AS (
    SELECT * FROM versions ANTI JOIN again USING (_key)
    UNION ALL
    SELECT * FROM versions SEMI JOIN again USING (_key)
    QUALIFY row_number() OVER (
        PARTITION BY _key
        ORDER BY recorded_at DESC NULLS LAST, source_row DESC NULLS LAST, source DESC NULLS LAST
    ) = 1
)
SELECT
    * EXCLUDE (retracted),
    coalesce(retracted, false) AS retracted,
    coalesce(retracted AND source_row % 1000000000 = 0, false) AS _absent,
    coalesce(try_cast(regexp_extract(source, '@([0-9]{4}-[0-9]{2}-[0-9]{2})$', 1) AS DATE), DATE '0001-01-01') AS _day,
    coalesce(regexp_replace(source, '@[0-9]{4}-[0-9]{2}-[0-9]{2}$', ''), '') AS _name
FROM newest;
