"""Each case is an English text, its translation, and all that the rules find: `LINE RULE: the message's beginning`.

`~` before a rule: a warning, although its findings are errors.
"""

import re
from pathlib import Path

import pytest

from pipeline.translation.checks import RULES, Shared, check_page
from pipeline.translation.glossary import read_glossary

CASES = Path(__file__).parent / "cases"
_PARTS = re.compile(r"--- source\n(.*?)--- target\n(.*?)--- expected\n(.*)", re.DOTALL)


def cases():
    for path in sorted(CASES.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("=== ")[1:]:
            name, _, rest = block.partition("\n")
            parts = _PARTS.fullmatch(rest)
            assert parts, name
            yield pytest.param(*parts.groups(), id=f"{path.stem}: {name}")


@pytest.mark.parametrize(("source", "target", "expected"), list(cases()))
def test_case(page_of, source, target, expected):
    page = page_of(source, target, Shared(glossary=read_glossary(CASES / "glossary.csv")))
    findings, _ = check_page(page)
    told = sorted((finding.line, shown_rule(finding), finding.message) for finding in findings)
    wanted = []
    for line in expected.split("\n"):
        if line:
            number, rule, message = re.fullmatch(r"(\d+) (~?\w+): (.*)", line).groups()
            wanted.append((int(number), rule, message))
    wanted.sort()
    shown = [(line, rule, message[: len(want[2])]) for (line, rule, message), want in zip(told, wanted, strict=False)]
    assert shown + told[len(wanted) :] == wanted


def shown_rule(finding):
    """`~` marks what is a warning although its rule's findings are errors."""
    return ("~" if finding.severity != RULES[finding.rule].severity else "") + finding.rule


def test_every_rule_has_a_case():
    text = "".join(path.read_text(encoding="utf-8") for path in CASES.glob("*.txt"))
    seen = set(re.findall(r"^\d+ ~?(\w+):", text, re.MULTILINE))
    elsewhere = {"links", "inconsistent", "ignore"}  # these need more than one page, or a comment
    assert seen | elsewhere == set(RULES)
