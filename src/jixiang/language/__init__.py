"""From document to typed tree: the policy compiler, its diagnostics, and the city's vocabulary.

Passes, each a module: `document` (Markdown ▶ parts) ▶ `lexer`, `parser` (parts ▶ surface tree) ▶ `check` (surface ▶
typed tree, names resolved, definitions inlined) ▶ `rulebook` (all documents of a city together, rules and families).
Never reads facts, never decides.
"""
