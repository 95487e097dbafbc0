"""A run: every published policy over the facts of a whole city as of a date.

`request` says what is asked and what stood before · `verdicts` judges every policy on every run date · `settle` finds the
contested places and has the exact line decide them · `write` puts down every outcome with its reasons. The order of a run
is in `decide_city`.
"""
