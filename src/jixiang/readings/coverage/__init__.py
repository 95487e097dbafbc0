"""Who is one condition short and when that passes; who should be reached and is not. Counted by the engine for the whole city.

`parts` takes a condition apart · `days` says on which day a part comes true · `near` finds all that are one condition short ·
`needs` reads what a city wants reached · `reached` counts whom it has · `book` writes workbooks.
"""
