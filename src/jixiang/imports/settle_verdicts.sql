-- What becomes of each key that the import speaks of. $day, $name: of this extract; $whole: what it lacks is taken back,
-- so what it repeats need not be said again.
--
-- `standing` is how the known version stands to ours: 'none', 'newer', 'same' (of the same extract, which may come in
-- several imports) or 'older'. Two sources of one day are in order of their names. Where an import of the same extract has
-- already taken back what it lacked, what it left was repeated by it: so that too is of the same extract.
--
-- `verdict` is what the rows of the key hear, `appends` what is written of it: 'row', 'retraction', or nothing.
CREATE OR REPLACE TEMP TABLE verdicts AS
WITH compared AS (
    SELECT
        said.*,
        known.content AS known_content,
        known.retracted,
        known.absent,
        known.name,
        known.content IS NOT DISTINCT FROM said.content AS equal,
        CASE
            WHEN known.key IS NULL THEN 'none'
            WHEN known.day > $day OR (known.day = $day AND known.name > $name) THEN 'newer'
            WHEN known.day = $day AND known.name = $name THEN 'same'
            WHEN said.shared AND known.name = $name AND NOT known.retracted THEN 'same'
            ELSE 'older'
        END AS standing
    FROM said LEFT JOIN known USING (key)
),

judged AS (
    SELECT
        *,
        CASE
            WHEN contested THEN 'contested'
            WHEN superseded OR standing = 'newer' THEN 'older'
            WHEN standing = 'none' THEN 'new'
            WHEN standing = 'same' AND retracted AND NOT absent THEN 'withheld'
            WHEN retracted THEN 'new'
            WHEN standing = 'same' AND equal THEN 'unchanged'
            WHEN standing = 'same' THEN 'withheld'
            WHEN NOT equal THEN 'changed'
            WHEN $whole AND name = $name THEN 'unchanged'
            ELSE 'confirmed'
        END AS verdict
    FROM compared
)

SELECT
    key,
    _row,
    content,
    CASE WHEN retracted THEN NULL ELSE known_content END AS taken_back,
    verdict,
    CASE
        WHEN verdict IN ('new', 'changed', 'confirmed') THEN 'row'
        WHEN verdict NOT IN ('contested', 'withheld') OR superseded OR standing = 'newer' THEN NULL
        WHEN standing = 'same' AND retracted AND NOT absent THEN NULL
        ELSE 'retraction'
    END AS appends
FROM judged;
