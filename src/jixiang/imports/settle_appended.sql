-- The rows to append. A retraction repeats what it takes back, or else what could not be known; one that no row of a file
-- caused has line 0 of the import's first file.
CREATE OR REPLACE TEMP TABLE appended AS
SELECT
    CASE WHEN appends = 'row' THEN content ELSE coalesce(taken_back, content) END AS content,
    _row AS source_row,
    appends = 'retraction' AS retracted
FROM verdicts
WHERE appends IS NOT NULL
UNION ALL
SELECT content, $no_row AS source_row, true AS retracted
FROM lacking;
