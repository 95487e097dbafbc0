-- What is known from this source, what an older extract said, and what this one lacks although it speaks of all such rows
-- (`claimed`). Not where a newer extract has spoken, nor a second time where the same extract comes in several imports.
CREATE OR REPLACE TEMP TABLE lacking AS
SELECT key, content
FROM known ANTI JOIN said USING (key)
WHERE claimed AND NOT superseded AND NOT shared AND NOT retracted AND name = $name AND day < $day;
