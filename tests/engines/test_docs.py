"""docs/engines.md is true: its settings load, its engine works, its numbers are the engines' own."""

import re
import sys
from pathlib import Path

import pytest

from pipeline import config
from pipeline.config import EngineSettings
from pipeline.translation.engines import engine_kinds, make_engine
from tests.engines.helpers import FakeTime, ask, dispatcher, texts_of

DOCS = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
TOML = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize("block", [block for block in TOML if "entry-points" not in block])
def test_settings_load(block, tmp_path):
    (tmp_path / "pipeline.toml").write_text(block, encoding="utf-8")
    assert config.load(tmp_path, {})


def test_every_setting_is_there_with_its_default():
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]*) \|", DOCS[DOCS.index("## Settings") : DOCS.index("## Languages")], re.MULTILINE
    )
    assert {key for key, _ in rows} == set(EngineSettings.model_fields)
    for key, default in rows:
        if re.fullmatch(r"[\d.]+", default):
            assert float(default) == EngineSettings.model_fields[key].default


def test_every_engine_is_there_with_its_limits():
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+)[^|]*\| (\d+) \|$", DOCS, re.MULTILINE)
    assert {row[0] for row in rows} >= set(engine_kinds())
    for kind, characters, texts in rows:
        if kind in engine_kinds():
            limits = make_engine(kind, EngineSettings(url="http://127.0.0.1:9", command=["true"])).capabilities
            assert (limits.max_characters, limits.max_texts) == (int(characters.replace(",", "")), int(texts))


def test_the_example_engine_installed_beside_us_is_found_and_works(tmp_path, monkeypatch):
    (tmp_path / "shouting.py").write_text(PYTHON[0], encoding="utf-8")
    information = tmp_path / "shouting-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    entry = next(block for block in TOML if "entry-points" in block).splitlines()[1].replace('"', "")
    (information / "entry_points.txt").write_text(f"[pipeline.engines]\n{entry}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        engine = make_engine("loud", EngineSettings(kind="shouting"))
        time = FakeTime()
        answers = ask(dispatcher(engine, time=time, retries=1), ["read <1>this</1>", "hush"])
        assert texts_of(answers) == [None, None]  # packed together, and the neighbours sleep on
        assert time.slept == [5.25]
        assert texts_of(ask(dispatcher(engine), ["read <1>this</1>"])) == ["READ <1>THIS</1>"]
    finally:
        sys.modules.pop("shouting", None)
