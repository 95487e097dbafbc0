"""What other systems would send of a synthetic city: its facts spelled as their files spell them, with planted faults.

The fact folder is the truth; a kind of import, read backwards, says how its rows are written. Nothing here names a kind,
a city or a column, and nothing here reads a file as an import would: the two are each other's test.
"""
