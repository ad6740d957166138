"""pipeline.toml: what is right is read, what is wrong is named with its line and the nearest right thing."""

import logging
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline.config import Settings, load
from pipeline.errors import ConfigError
from tests import config_tables

LOCALES = '[locales.en]\nname = "English"\n[locales.zh]\nname = "简体中文"\n'
SITE = "[site]\ntitle = 'T'\n"


def settings(tmp_path, text="", env=None):
    (tmp_path / "pipeline.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(tmp_path, env or {})


def fault(tmp_path, text="", env=None):
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, text, env)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value


def test_an_empty_file_is_a_whole_configuration(tmp_path):
    found = settings(tmp_path)
    assert (found.source, found.targets, found.translation.engines) == ("en", ["zh"], ["google"])
    assert (found.prefix("en"), found.prefix("zh")) == ("", "zh")
    assert (found.language("en"), found.language("zh")) == ("en", "zh-CN")
    assert found.root == tmp_path.resolve()
    assert found.drafts("zh") == tmp_path.resolve() / "drafts" / "zh"


def test_the_journal_may_be_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert settings(tmp_path).journal == tmp_path.resolve() / ".pipeline" / "journal"
    for value, place in {"kept": tmp_path.resolve() / "kept", "~/kept": Path("/home/ada/kept")}.items():
        assert settings(tmp_path, env={"PIPELINE_TRANSLATION__JOURNAL": value}).journal == place
    fault(tmp_path, '[translation]\njournal = "s3://bucket/journal"\n')


def test_what_is_written_is_what_is_read(tmp_path):
    text = """\ufeff
[site]
title = "T"
base_url = "https://example.org/blog/"
timezone = "Asia/Shanghai"
[locales]
en = {name = "English", prefix = "en"}
zh-TW = {name = "正體中文", title = "標題", prefix = ""}
[translation]
targets = ["zh-TW"]
engine = ["mine", "google"]
fuzzy_threshold = 80
[engines.mine]
kind = "libretranslate"
timeout = 5
retries = 0
[publish]
target = "s3://bucket/blog"
"""
    found = settings(tmp_path, text)
    assert found.site.base_url == "https://example.org/blog"
    assert (found.prefix("en"), found.prefix("zh-TW"), found.language("zh-TW")) == ("en", "", "zh-TW")
    assert found.translation.engines == ["mine", "google"]
    assert found.translation.fuzzy_threshold == 80.0
    assert (found.engine("mine").timeout, found.engine("mine").retries) == (5.0, 0)
    assert found.engine("google").timeout == 30.0


@pytest.mark.parametrize(
    ("text", "line", "says", "remedy"),
    [
        ("[site]\ntitel = 'x'", 2, "[site] has no key `titel`", "Did you mean `title`?"),
        ("[sight]\n", 1, "the file has no key `sight`", "Did you mean `site`?"),
        (
            f"{LOCALES}[publish]\n# tarket = 1\ntarget = ''\ntarket_ = 1",
            8,
            "[publish] has no key `tarket_`",
            "`target`?",
        ),
        ("[engines.mine]\napi_key = 'secret'", 2, "[engines.mine] has no key `api_key`", "`api_key_env`?"),
        ("[translation]\nxyz = 1", 2, "has no key `xyz`", "Known there: `engine`"),
        ("zebra.deep = 1", 1, "the file has no key `zebra`", "Known there: `checks`, `engines`"),
        ("[locales]\nen = {name = 'E', prefiks = 'x'}\nzh = {name = 'Z'}", 2, "no key `prefiks`", "`prefix`?"),
        ("[publish]\n[locales.'zh-TW']\nname = 'x'\n\"titel\" = 'y'", 4, "no key `titel`", "`title`?"),
        ("root = '/'", 1, "the file has no key `root`", "Known there"),
        ("[site]\ntitle = 3", 2, "`site.title` is 3, but it has to be a text, in quotes", "Mend"),
        ("site = 3", 1, "`site` is 3, but it has to be a table", "Mend"),
        ("[[publish]]\ntarget = ''", 1, "`publish` is [{'target': ''}], but it has to be a table", "Mend"),
        ("[engines]\nurl = 'x'", 2, "`engines.url` is 'x', but it has to be a table", "Mend"),
        ("[translation]\ntargets = 'zh'", 2, "it has to be a list", "Mend"),
        ("[translation]\nengine = 5", 2, "it has to be a text, in quotes or a list", "Mend"),
        ("[translation]\nengine = ['a', 3]", 2, "it has to be a text", "Mend"),
        ("[translation]\nengine = []", 2, "it has to name an engine", "Mend"),
        ("[translation]\nengine = ['']", 2, "it has to name an engine", "Mend"),
        ("[translation]\nfuzzy_threshold = 10", 2, "greater than or equal to 50", "Mend"),
        ("[engines.x]\ntimeout = 'long'", 2, "it has to be a number", "Mend"),
        ("[engines.x]\nretries = 1.5", 2, "it has to be a whole number", "Mend"),
        ("[publish]\nconcurrency = true", 2, "is true, but it has to be a whole number", "Mend"),
        ("[prefect]\nresults = 'results'", 2, "it has to be a directory, such as ./results, or a block", "Mend"),
        ("[review]\napprove = 'never'", 2, "it has to be 'by hand' or 'when nothing new'", "Mend"),
        ("[site]\nbase_url = 'example.org'", 2, "an absolute http(s) address", "Mend"),
        ("[site]\nbase_url = 'https://example.org/?a=1'", 2, "an absolute http(s) address", "Mend"),
        ("[site]\ntimezone = 'Mars/Base'", 2, "an IANA time zone", "Mend"),
        ("[site]\ntimezone = '../../etc/passwd'", 2, "an IANA time zone", "Mend"),
        ("[locales.en]\nprefix = ''", 1, "`locales.en.name` is missing", "Add `name = …` to [locales.en]."),
        ("[locales.en]\nname = 'E'\nprefix = '/en/'", 3, "without slashes at the ends", "Mend"),
        ("[locales.en]\nname = 'E'\nlanguage = 'plain english'", 3, "a BCP 47 tag", "Mend"),
        ("[locales.'../up']\nname = 'U'", 1, "'../up' cannot be the name of a directory", "Mend"),
        ("[translation]\ntargets = ['fr']", 2, "there is no [locales.fr]", "Add [locales.fr]"),
        ("[translation]\nsource = 'fr'", 2, "there is no [locales.fr]", "`source`"),
        ("[translation]\nsource = 'zh'", 2, "names the source", "once"),
        ("[translation]\ntargets = ['zh', 'zh']", 2, "a locale twice", "once"),
        (f"{LOCALES}prefix = ''", 5, "`en` and `zh` have the same `prefix`", "its own"),
        ("[site]\ntitle = ", 2, "is not valid TOML", "Mend that line"),
        ("[site]\n\n[site]\n", 3, "is not valid TOML: Cannot declare", "Mend that line"),
        ("[site]\ntitle = 'x\n", 2, "is not valid TOML", "Mend that line"),
        (b"[site]\ntitle = '\xff'", 2, "is not UTF-8", "Save it as UTF-8"),
    ],
)
def test_a_fault_has_its_line_its_key_and_a_remedy(tmp_path, text, line, says, remedy):
    error = fault(tmp_path, text)
    assert error.path == tmp_path / "pipeline.toml"
    assert (error.line, says in error.message, remedy in error.remedy) == (line, True, True), str(error)


def test_a_missing_file_says_how_to_begin(tmp_path):
    with pytest.raises(ConfigError, match=r"there is no pipeline.toml in .*Run `pipeline init`.*--root"):
        load(tmp_path)


def test_a_file_further_up_is_pointed_at(tmp_path, monkeypatch):
    settings(tmp_path)
    inside = tmp_path / "content" / "en"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    with pytest.raises(ConfigError, match=r"add `--root \.\./\.\.`"):
        load(inside)


def test_a_directory_in_the_place_of_the_file(tmp_path):
    (tmp_path / "pipeline.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "where", "expected"),
    [
        ("PIPELINE_SITE__TITLE", "two words", "site.title", "two words"),
        ("PIPELINE_SITE__TITLE", "2024", "site.title", "2024"),
        ("PIPELINE_SITE__TITLE", "true", "site.title", "true"),
        ("PIPELINE_SITE__TITLE", "2024-01-01", "site.title", "2024-01-01"),
        ("PIPELINE_SITE__TITLE", '"quoted"', "site.title", "quoted"),
        ("PIPELINE_SITE__TITLE", "", "site.title", ""),
        ("PIPELINE_SITE__TITLE", "a\nb = 1", "site.title", "a\nb = 1"),
        ("PIPELINE_SITE__UNTRANSLATED", "hide", "site.untranslated", "hide"),
        ("PIPELINE_PUBLISH__TARGET", "s3://bucket", "publish.target", "s3://bucket"),
        ("PIPELINE_PUBLISH__PROFILE", "123456789012", "publish.profile", "123456789012"),
        ("PIPELINE_PUBLISH__CONCURRENCY", "4", "publish.concurrency", 4),
        ("PIPELINE_TRANSLATION__ENGINE", "deepl", "translation.engine", "deepl"),
        ("PIPELINE_TRANSLATION__ENGINE", '["a", "b"]', "translation.engine", ["a", "b"]),
        ("PIPELINE_TRANSLATION__TARGETS", "[]", "translation.targets", []),
        ("PIPELINE_TRANSLATION__FUZZY_THRESHOLD", "90", "translation.fuzzy_threshold", 90.0),
    ],
)
def test_the_environment_comes_before_the_file(tmp_path, name, value, where, expected):
    section, key = where.split(".")
    found = settings(tmp_path, SITE, {name: value})
    assert getattr(getattr(found, section), key) == expected
    assert found.site.title == (expected if key == "title" else "T")


def test_the_environment_reaches_into_tables_of_names(tmp_path):
    env = {
        "PIPELINE_ENGINES__GOOGLE__TIMEOUT": "5",
        "PIPELINE_ENGINES__OUR_SERVER__URL": "http://localhost:5000",
        "PIPELINE_LOCALES__ZH_TW__PREFIX": "tw",
    }
    text = (
        "[locales.en]\nname='E'\n[locales.zh-TW]\nname='正'\n[translation]\ntargets=['zh-TW']\n[engines.our-server]\n"
    )
    found = settings(tmp_path, text, env)
    assert found.engine("google").timeout == 5.0
    assert found.engine("our-server").url == "http://localhost:5000"
    assert found.prefix("zh-TW") == "tw"


def test_the_environment_reaches_the_locales_that_are_there_by_default(tmp_path):
    assert settings(tmp_path, SITE, {"PIPELINE_LOCALES__ZH__PREFIX": "cn"}).prefix("zh") == "cn"


@pytest.mark.parametrize(
    "name",
    [
        "PIPELINE_HOME",
        "PIPELINE_CI__TOKEN",
        "PIPELINE_SITE",
        "PIPELINE_ROOT__X",
        "PIPELINE__SITE__TITLE",
        "pipeline_site__title",
    ],
)
def test_variables_of_other_programs_are_left_alone(tmp_path, name, caplog):
    assert settings(tmp_path, SITE, {name: "x"}).site.title == "T"
    assert not caplog.records


def test_a_variable_that_is_nearly_ours_is_answered(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        settings(tmp_path, SITE, {"PIPELINE_SIET__TITLE": "x"})
    assert "PIPELINE_SIET__TITLE is not used: did you mean the section SITE?" in caplog.text


@pytest.mark.parametrize(
    ("name", "value", "says", "remedy"),
    [
        ("PIPELINE_SITE__TITEL", "x", "PIPELINE_SITE__TITEL names no key: [site] has no `titel`", "`title`?"),
        ("PIPELINE_ENGINES__X__TIMEOT", "5", "[engines.x] has no `timeot`", "`timeout`?"),
        ("PIPELINE_ENGINES__X__TIMEOUT", "x", "does not fit: it has to be a number", "unset"),
        ("PIPELINE_TRANSLATION__TARGETS", "zh", "does not fit: it has to be a list", "unset"),
        ("PIPELINE_SITE__BASE_URL", "x", "does not fit: it has to be an absolute", "unset"),
        ("PIPELINE_SITE__TITLE__X", "1", "PIPELINE_SITE__TITLE__X reaches into `site.title`", "Unset"),
        ("PIPELINE_PUBLISH__TARGET__X", "1", "PIPELINE_PUBLISH__TARGET__X does not fit", "unset"),
        ("PIPELINE_LOCALES__ZH", "1", "PIPELINE_LOCALES__ZH does not fit: it has to be a table", "unset"),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(tmp_path, name, value, says, remedy):
    error = fault(tmp_path, SITE, {name: value})
    assert error.path is None
    assert name in error.message
    assert (says in error.message, remedy in error.remedy) == (True, True), str(error)


def test_the_process_s_environment_is_what_counts(tmp_path, monkeypatch):
    (tmp_path / "pipeline.toml").write_text(SITE)
    monkeypatch.setenv("PIPELINE_SITE__TITLE", "from outside")
    assert load(tmp_path).site.title == "from outside"


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("abc[]{}=.'\"#\n\t 123-_"), max_size=80))
def test_any_file_is_read_or_refused(tmp_path_factory, text):
    said = ""
    try:
        settings(tmp_path_factory.mktemp("any"), text)
    except ConfigError as error:
        said = str(error)
    assert not said or "`" in said or "TOML" in said


def test_every_key_is_documented():
    text = config_tables.DOCS.read_text(encoding="utf-8")
    shown = {match[2]: match[0] for match in config_tables.BLOCK.finditer(text)}
    assert set(shown) == set(config_tables.sections()), "a section of the settings needs a table of the same name"
    for name, model in config_tables.sections().items():
        for key in config_tables.keys(model):
            assert f"| `{key}` |" in shown[name], f"[{name}] `{key}` is not in docs/configuration.md"


def test_the_tables_say_what_the_code_does():
    text = config_tables.DOCS.read_text(encoding="utf-8")
    assert config_tables.filled(text) == text, "run: python -m tests.config_tables"


def test_every_key_says_what_it_is_for():
    for name, model in config_tables.sections().items():
        assert model.__doc__, name
        for key, field in config_tables.keys(model).items():
            assert field.description, f"{name}.{key}"
            assert re.search(r"[.)]$", field.description), f"{name}.{key}"


def test_the_examples_of_the_documentation_are_valid(tmp_path):
    for block in re.findall(r"```toml\n(.*?)```", config_tables.DOCS.read_text(encoding="utf-8"), re.DOTALL):
        assert isinstance(settings(tmp_path, block), Settings)


def test_the_error_that_the_documentation_shows_is_the_one_that_is_said(tmp_path, monkeypatch):
    text = config_tables.DOCS.read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\nError: (.*?)\n```", text)
    monkeypatch.chdir(tmp_path)
    error = fault(tmp_path, "[site]\ntitle = 'x'\nbase_ulr = ''\n")
    assert f"pipeline.toml:{error.line}: {error.message} {error.remedy}" == shown
