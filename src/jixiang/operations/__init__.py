"""The city's day as commands: one module a verb, each with `arguments` (what it takes) and `run` (what it does).

They read documents and fact files, call the readings, and speak to the person at the terminal. They decide nothing.
"""
