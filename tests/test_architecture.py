"""The house keeps its own rules: what README, ARCHITECTURE, GLOSSARY and the style say is true of the files.

Who may import whom is checked by `make contracts`; everything else that can be read off the tree is checked here.
"""

import ast
import io
import re
import subprocess
import tokenize
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "jixiang"
FILE_LINES, FUNCTION_LINES = 500, 60


@cache
def files(*suffixes):
    """The files that git knows or would add, so that what runs leave behind does not matter."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = sorted(ROOT / name for name in listed.split("\0") if name)
    return tuple(p for p in paths if p.is_file() and (not suffixes or p.suffix in suffixes))


def short(path):
    return path.relative_to(ROOT).as_posix()


def python_files():
    return tuple(p for p in files(".py") if p.is_relative_to(ROOT / "src") or p.is_relative_to(ROOT / "tests"))


def rooms():
    return sorted(p.name for p in SOURCE.iterdir() if (p / "__init__.py").is_file())


def table_rows(text):
    """The cells of every pipe table row, without headings and rules."""
    lines = text.splitlines()
    ruled = {n for n, line in enumerate(lines) if re.fullmatch(r"\|[-:| ]+\|", line)}
    for n, line in enumerate(lines):
        if line.startswith("|") and n not in ruled and n + 1 not in ruled:
            yield [cell.strip() for cell in line.strip("|").split("|")]


# Files and functions ---------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_can_be_read_in_one_go():
    lengths = {short(p): len(p.read_text().splitlines()) for p in python_files()}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{short(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }
    assert long == {}


def test_every_module_says_what_it_is_for():
    silent = [
        short(path)
        for path in files(".py")
        if path.is_relative_to(SOURCE)
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_is_named_for_having_no_place():
    nowhere = {"utils", "util", "common", "helpers", "helper", "misc", "services", "managers"}
    assert [short(p) for p in files(".py") if nowhere & {p.stem, *p.relative_to(ROOT).parent.parts}] == []


# What no file may hold -------------------------------------------------------------------------------------------


def test_no_file_names_a_package_registry_or_a_folder_of_somebodys_machine():
    registry = re.compile(r"(pypi|pythonhosted|npmjs|deb\.debian|security\.debian)\.(org|com|io)", re.IGNORECASE)
    machine = re.compile("(?<![A-Za-z0-9_.<>{}*~/])/(" + "|".join(("root", "home", "work", "Users", "opt")) + ")/")
    found = {}
    for path in files():
        text = path.read_bytes().decode("utf-8", "replace")
        hits = [match.group() for pattern in (registry, machine) for match in pattern.finditer(text)]
        if hits:
            found[short(path)] = hits
    assert found == {}


def test_the_locks_hold_hashes_and_no_address():
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text()
        pins = re.findall(r"^[a-z0-9]\S*==\S+", text, re.MULTILINE)
        assert pins, lock.name
        assert "://" not in text, lock.name
        assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE), f"{lock.name}: only --hash belongs in a lock"
        assert text.count("--hash=sha256:") >= len(pins), lock.name


def test_no_city_is_in_the_code():
    """A city is data: its name, its districts' codes and names stand in its pack."""
    city = re.compile(r"无锡|wuxi|\b3202\d\d\b|锡山|惠山|滨湖|梁溪|新吴|江阴|宜兴", re.IGNORECASE)
    found = {
        short(path): city.findall(path.read_text())
        for path in files(".py", ".sql")
        if path.is_relative_to(SOURCE) and city.search(path.read_text())
    }
    assert found == {}


# What the documents say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", rooms())
def test_every_room_has_its_sentence_and_no_room_is_described_that_is_not_there(room):
    text = (ROOT / "ARCHITECTURE.md").read_text()
    described = {
        cells[0].strip("`/") for cells in table_rows(text) if cells[0].startswith("`") and cells[0].endswith("/`")
    }
    assert room in described
    assert described <= set(rooms())


def test_every_link_between_our_documents_leads_somewhere():
    broken = [
        f"{short(path)} → {target}"
        for path in files(".md")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text())
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for path in files(".md")
        for quoted in re.findall(r"`make ([^`]+)`|^ {4}make (.+)$", path.read_text(), re.MULTILINE)
        for target in re.findall(r"^[a-z-]+", "".join(quoted))
    }
    assert named <= targets


def test_the_page_of_dependencies_agrees_with_the_project_and_its_locks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    direct = {re.match(r"[a-z0-9-]+", d).group() for d in wanted}
    locked = {
        name
        for lock in ROOT.glob("requirements*.txt")
        for name in re.findall(r"^([a-z0-9-]+)==", lock.read_text(), re.MULTILINE)
    }
    to_run, to_develop, brought = (
        {cells[0] for cells in table_rows(section)}
        for section in re.split(r"^## .*$", (ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)[1:]
    )
    assert to_run == {re.match(r"[a-z0-9-]+", d).group() for d in project["dependencies"]}
    assert to_run | to_develop == direct
    assert direct | brought == locked


# What things are called ------------------------------------------------------------------------------------------


def glossary():
    """Of each row of GLOSSARY.md: the room, the identifiers, and the words that are not used for them."""
    for cells in table_rows((ROOT / "GLOSSARY.md").read_text()):
        if len(cells) == 5:
            _, identifiers, never, room, _ = cells
            yield room.strip("`/"), re.findall(r"`(\w+)`", identifiers), re.findall(r"`(\w+)`", never)


@cache
def words_in_code():
    """Every name in the code and every string that could be one, each as `_amount_fen_`."""
    names = set()
    for path in files(".py"):
        if not path.is_relative_to(SOURCE):
            continue
        names.add(f"_{path.stem}_")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            text = token.string.strip("\"'") if token.type == tokenize.STRING else token.string
            if token.type in (tokenize.NAME, tokenize.STRING) and text.isidentifier():
                snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower().strip("_")
                names.add(f"_{snake}_")
    return " ".join(names)


def in_code(name):
    """Is it a name there, or a part of one? `amount` is in `amount_fen`, and in `AmountFen`."""
    return f"_{name}_" in words_in_code()


def test_what_the_glossary_names_is_called_so_in_the_code():
    built = set(rooms())
    assert [name for room, names, _ in glossary() if room in built for name in names if not in_code(name)] == []


def test_no_other_word_is_used_for_what_the_glossary_names():
    assert [name for _, _, never in glossary() for name in never if in_code(name)] == []


def test_the_glossary_gives_every_word_once():
    names = [name for _, identifiers, _ in glossary() for name in identifiers]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert len(names) > 50
