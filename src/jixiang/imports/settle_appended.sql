-- The rows to append. A retraction repeats what it takes back, or else what could not be known; one that no row of a file
-- caused has line 0 of the import's first file: $no_row.
WITH taken AS (
    SELECT _key, coalesce(_row, $no_row) AS source_row FROM verdicts WHERE _appends = 'retraction'
),

standing AS (
    SELECT {columns}, _key FROM known SEMI JOIN taken USING (_key) WHERE NOT retracted
)

SELECT {columns}, _row AS source_row, false AS retracted
FROM said SEMI JOIN (SELECT _key FROM verdicts WHERE _appends = 'row') USING (_key)
UNION ALL
SELECT {columns}, source_row, true AS retracted
FROM standing JOIN taken USING (_key)
UNION ALL
SELECT {columns}, source_row, true AS retracted
FROM said JOIN taken USING (_key) ANTI JOIN standing USING (_key)
