"""An invented city: people, firms and what happens to them, at any scale, the same for the same seed.

Columns are drawn whole with numpy; no person is ever an object. Numbers and codes come from the city pack's
`figures.toml`; what stands here is only how things hang together: who can be hired, what follows from leaving, when a
fact becomes known. Nothing here knows a policy, and nobody here has a name.
"""
