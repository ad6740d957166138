"""docs/checks.md is true, and the shipped content passes its own checks."""

import re
from pathlib import Path

from click.testing import CliRunner

from pipeline.check_links import SiteLinks
from pipeline.commands.check import check as command
from pipeline.config import load
from pipeline.content import Library
from pipeline.translation.checks import FORMATS, RULES, check
from tests.checks.conftest import CONFIG

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")


def test_every_rule_is_there_with_its_severity():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", DOCS.partition("## Choosing")[0], re.MULTILINE)
    assert rows == [(rule.name, rule.severity) for rule in RULES.values()]


def test_every_option_and_format_is_there():
    for parameter in command.params:
        for name in parameter.opts:
            assert name in DOCS or not name.startswith("-"), name
    for form in FORMATS:
        assert f"`{form}`" in DOCS


def test_the_shipped_content_is_clean():
    settings = load(ROOT, {})
    library = Library.read(settings)
    report = check(settings, link_fault=SiteLinks(settings, library).fault, library=library)
    told = re.search(
        r"at least (\d+) pages with ([\d,]+) Chinese characters, has (\d+) findings and (\d+) ignore", DOCS
    )
    pages, characters, findings, ignored = (int(number.replace(",", "")) for number in told.groups())
    assert [str(finding) for finding in report.findings] == []
    assert (findings, ignored) == (0, len(report.ignored))
    assert report.pages >= pages
    texts = [post.text for post in library.targets["zh"].posts.values()]
    assert sum(len(re.findall("[\u4e00-\u9fff]", text)) for text in texts) >= characters


def test_the_settings_name_every_rule_and_are_heeded(site):
    site.write("pipeline.toml", CONFIG + re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)[0])
    site.pair("post", "It takes 30 seconds.\n", "需要 3 秒,很快。\n")
    assert set(type(site.settings.checks).model_fields) == set(RULES)
    result = CliRunner().invoke(command, [], obj=site.root)
    assert "warning numbers" in result.stdout
    assert "error punctuation" in result.stdout
