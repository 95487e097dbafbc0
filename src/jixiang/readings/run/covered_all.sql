-- No ceilings are given: every grant is covered.
SELECT policy, subject, period, title, amount_fen AS funded_fen FROM granted
