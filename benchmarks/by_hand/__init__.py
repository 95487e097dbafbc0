"""The eight policies as SQL written by hand, run in order of the files' names; each file says what it does."""
