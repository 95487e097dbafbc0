"""The run reading: policies as one relational plan over the facts of a whole city.

`sql` builds query trees · `frame` holds rows in sight and what is computed of them · `expressions` and `aggregates`
turn typed expressions into columns · `judge` turns a policy into a table of verdicts · `plan` puts the steps in order.
Never looks at the interpreter, which says the same in its own words; never runs anything itself.
"""
