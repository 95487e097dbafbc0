"""A city's published figures, recomputed from its facts, decisions and documents: each is one query of the city pack.

Nothing here knows a figure: what is counted, and what was published, is said in `measures/*.sql`.
"""
