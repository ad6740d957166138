"""Engines by name."""

from importlib.metadata import EntryPoint

import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines import engine_kinds, make_engine, registry


def test_shipped_engines_are_found_by_name():
    for kind in ("google", "libretranslate", "pseudo"):
        engine = make_engine(kind, EngineSettings(url="http://127.0.0.1:9"))
        assert engine.name == kind
        assert kind in engine_kinds()


def test_a_name_of_ones_own_needs_a_kind():
    engine = make_engine("our server", EngineSettings(kind="libretranslate", url="http://127.0.0.1:9"))
    assert engine.name == "our server"
    assert type(engine).__name__ == "LibreTranslateEngine"


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="Did you mean `google`"):
        make_engine("gogle", EngineSettings())
    with pytest.raises(ConfigError, match=r"\[engines\.mine\] has the kind `libretranslat`.*`libretranslate`"):
        make_engine("mine", EngineSettings(kind="libretranslat"))
    with pytest.raises(ConfigError, match=r"There are: .*`google`.*kind = "):
        make_engine("xyzzy", EngineSettings())


def test_an_engine_that_cannot_be_imported_is_a_clear_error(monkeypatch):
    broken = EntryPoint("broken", "no_such_module_at_all:Engine", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [broken])
    with pytest.raises(ConfigError, match=r"`broken` cannot be loaded.*no_such_module_at_all"):
        make_engine("broken", EngineSettings())


@pytest.mark.parametrize("url", ["", "localhost:5000", "ftp://x", "http://", "http://[", "http://h:port"])
def test_libretranslate_without_a_usable_address(url):
    with pytest.raises(ConfigError, match=r"\[engines\.lt\]"):
        make_engine("lt", EngineSettings(kind="libretranslate", url=url))
