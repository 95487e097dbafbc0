"""The same eight policies in Polars, written by hand: lazy frames on the streaming engine, months as bits; a module a policy."""
