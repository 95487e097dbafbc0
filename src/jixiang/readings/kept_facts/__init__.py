"""What is kept beside the facts, so that a run need not begin at their first row: of every table the rows that speak, in the
order of their owner, and the months of contributions and other monthly facts as bits. One DuckDB file, `_kept/facts.duckdb` in
the fact folder.

`build` makes it from the facts, `advance` takes in what came since, `offer` lets a run read it. It never holds anything that
the facts do not say: whoever doubts it builds it again, and the two are equal to the bit (`compare`).
"""
