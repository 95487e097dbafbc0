"""The run beside the same policies written by hand: how long, how much memory, where the time goes, and whether they agree.

`city` makes the facts · `by_hand` runs the SQL of the folder of that name, `ours` the run itself, each in a process of its own ·
`compare` holds their outcomes together row by row · `peers` sets others beside the SQL: Polars by hand, zen-engine and OpenFisca on
what they can express (from ready `features`), and reading alone (`bounds`) · `report` says what came of it.
A wrong answer fails; slowness never does.
"""
