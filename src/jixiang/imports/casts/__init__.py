"""From text to stored values: whole columns at once, cell by cell only where a cell is unusual.

A cell is cast exactly by a form that its layout declares, or it is marked with what is wrong; it is null without a
mark only if it was empty. `column` finds the cast of a column; `dates`, `amounts`, `counts`, `codes`, `texts`,
`numbers`, `accounts`, `firms` and `certificates` each know one kind of value. Never guesses a form, never uses a
float, and never quotes a number, a name or an account of a person.
"""

from jixiang.imports.casts.column import cast_block, cast_column

__all__ = ["cast_block", "cast_column"]
