"""docs/engines.md is true: its settings load, its engine installs and works, its numbers are the engines' own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import config
from pipeline.config import EngineSettings
from pipeline.translation.engines import engine_kinds, make_engine
from tests.engines.services import SERVICES

DOCS = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
TOML = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
(PROJECT,) = (block for block in TOML if "entry-points" in block)
ALL = EngineSettings(url="http://127.0.0.1:9", command=["true"], model="m")


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for service in SERVICES.values():
        for name, value in service.env.items():
            monkeypatch.setenv(name, value)
    for name in ("LIBRETRANSLATE_KEY", "MY_BAIDU_ACCOUNT", "MY_BAIDU_KEY"):
        monkeypatch.setenv(name, "x")


@pytest.mark.parametrize("block", [block for block in TOML if block is not PROJECT])
def test_settings_load_and_make_engines(block, tmp_path):
    (tmp_path / "pipeline.toml").write_text(block, encoding="utf-8")
    (tmp_path / "style.md").write_text("Briefly.", encoding="utf-8")
    settings = config.load(tmp_path, {})
    for name in {*settings.engines, *settings.translation.engines}:
        if name != "libretranslate" or settings.engine(name).url:
            assert make_engine(name, settings.engine(name)).name == name


def test_every_setting_is_there_with_its_default():
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \|", DOCS[DOCS.index("## Settings") : DOCS.index("## Languages")], re.MULTILINE
    )
    assert [key for key, _ in rows] == list(EngineSettings.model_fields)
    for key, default in rows:
        if re.fullmatch(r"[\d.]+", default):
            assert float(default) == EngineSettings.model_fields[key].default


def test_every_engine_is_there_with_its_limits():
    table = DOCS[: DOCS.index("## Choosing")]
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \| ([\d,]+)[^|]*\| (\d+) \|$", table, re.MULTILINE)
    assert sorted(row[0] for row in rows) == engine_kinds()
    for kind, glossary, characters, texts in rows:
        engine = make_engine(kind, ALL)
        assert (engine.capabilities.max_characters, engine.capabilities.max_texts) == (
            int(characters.replace(",", "")),
            int(texts),
        )
        assert hasattr(engine, "use_terms") == glossary.startswith("yes")
        assert hasattr(engine, "translate_in_context") == glossary.endswith("context")


def test_the_codes_of_chinese():
    table = DOCS[DOCS.index("## Languages") : DOCS.index("## How texts are sent")]
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|$", table, re.MULTILINE)
    assert {row[0] for row in rows} == set(SERVICES)
    for kind, simplified, traditional in rows:
        engine = make_engine(kind, ALL)
        assert (engine.language("zh-CN"), engine.language("zh-TW")) == (simplified, traditional)


def test_which_tags_come_first():
    for kind in engine_kinds():
        first = make_engine(kind, ALL).capabilities.tags[0]
        assert first == ("bracket" if kind == "libretranslate" else "xml")


def test_the_example_is_short():
    assert len(EXAMPLE.splitlines()) <= 20


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where the example is installed, by pip and without a network; and the environment in which it is found."""
    package, site = tmp_path_factory.mktemp("shouting"), tmp_path_factory.mktemp("site")
    (package / "shouting.py").write_text(EXAMPLE, encoding="utf-8")
    (package / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    options = ["--quiet", "--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(package)]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    paths = [str(site), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run(root, installed, *arguments):
    command = [sys.executable, "-m", "pipeline", "--root", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=installed, check=False, timeout=60)


def test_the_example_engine_is_installed_and_translates_a_post(tmp_path, installed):
    (tmp_path / "pipeline.toml").write_text(
        '[translation]\nengine = "loud"\n\n[engines.loud]\nkind = "shouting"\nretries = 0\n', encoding="utf-8"
    )
    post = tmp_path / "content" / "en" / "posts" / "one.md"
    post.parent.mkdir(parents=True)
    post.write_text("---\ntitle: One\n---\n\nRead **this** and `that`.\n", encoding="utf-8")
    done = run(tmp_path, installed, "translate")
    assert done.returncode == 0, done.stderr
    draft = (tmp_path / "drafts" / "zh" / "posts" / "one.md").read_text(encoding="utf-8")
    assert "READ **THIS** AND `that`." in draft
    assert "title: ONE" in draft
    post.write_text("---\ntitle: One\n---\n\nRead **this**, hush.\n", encoding="utf-8")
    failed = run(tmp_path, installed, "translate")
    assert failed.returncode == 3
    assert "the neighbours are asleep" in failed.stderr


def test_without_it_the_name_is_unknown(tmp_path):
    (tmp_path / "pipeline.toml").write_text('[translation]\nengine = "shouting"\n', encoding="utf-8")
    post = tmp_path / "content" / "en" / "posts" / "one.md"
    post.parent.mkdir(parents=True)
    post.write_text("Read this.\n", encoding="utf-8")
    done = run(tmp_path, dict(os.environ), "translate")
    assert done.returncode == 1
    assert "no engine `shouting`" in done.stderr
