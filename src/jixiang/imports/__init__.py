"""How a city's files become facts: read strictly, cast, matched to people, compared with what is known, appended.

What a source calls its columns is data (`cities/<city>/imports/*.toml`). Never guesses, never loses a row, and never lets
an identity number or a name past the vault.
"""
