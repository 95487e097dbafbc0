"""Small policies of the tiny city, checked: what the tests of the checker speak through."""

from functools import cache
from pathlib import Path

from jixiang.language.city import names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.rulebook import assemble
from jixiang.language.vocabulary_reader import read_vocabulary

TINY = Path(__file__).parent.parent / "cities" / "tiny"
ROLES = {"渔船": "船东", "出海": "船长", "船员": "渔民", "渔民": "渔民"}


@cache
def tiny_vocabulary():
    vocabulary, problems = read_vocabulary(TINY / "vocabulary.md")
    assert problems == []
    return vocabulary


def document(text, file="甲.md"):
    parsed, problems = parse_document(text, file, names_of_vocabulary(tiny_vocabulary()))
    assert problems == [], problems
    return parsed


def policy_text(rules, *, subject="渔船", name="甲", code="P1", front="", tables=""):
    entity = subject.split()[0]
    return f"""---
名称: {name}
编号: {code}
施行: 2020-01-01
{front}---
{tables}
```规则
对象: {subject}
受益人: {ROLES[entity]}
{rules}
{"" if "金额" in rules or "荣誉" in rules or "服务" in rules else "金额: 100 元"}
```
"""


def assembled(*texts):
    documents = [document(text, f"{n}.md") for n, text in enumerate(texts)]
    return assemble(documents, tiny_vocabulary())


def policy(rules, *others, **about):
    """The policy that the rules make, which must be right."""
    found = assembled(policy_text(rules, **about), *others)
    assert found.rulebook is not None, found.problems
    return found.rulebook.policies[about.get("code", "P1")][0]


def problems(rules, *others, **about):
    """What is wrong with the rules: (code, message, suggestion)."""
    found = assembled(policy_text(rules, **about), *others)
    return [(p.code, p.message, p.suggestion) for p in found.problems]


def value(text, **about):
    """The typed form of one expression of the 对象."""
    return policy(f"定义 值: {text}", **about).definitions[0].expr


def wrong(text, **about):
    """The code and the text of the only problem of one expression."""
    found = problems(f"定义 值: {text}", **about)
    assert len(found) == 1, found
    return found[0]
