"""体检: faults that no single document shows, found by asking a solver and confirmed by the interpreter."""
