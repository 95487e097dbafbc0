"""How fast facts come in: the import of a city's contributions beside a bare copy of the same file."""
