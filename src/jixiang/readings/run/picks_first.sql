-- The first run: nothing stands and there is one date, so whoever holds is a new claim.
SELECT policy, subject, period, title, 'new' AS state, day, day AS first_day, title AS spoken
FROM verdicts
WHERE holds
