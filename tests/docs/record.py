"""Writes what the planner says into docs/engine.md: `python -m tests.docs.record`."""

from tests.docs.example import PAGE, with_steps_as_planned

if __name__ == "__main__":
    PAGE.write_text(with_steps_as_planned(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE.name} recorded")
