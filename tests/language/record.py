"""Writes what is said about every bad document beside it: `python -m tests.language.record`."""

from tests.language.corpus import BAD, said_about

if __name__ == "__main__":
    for path in BAD:
        path.with_suffix(".expected").write_text(said_about(path), encoding="utf-8")
    print(f"{len(BAD)} bad documents recorded")
