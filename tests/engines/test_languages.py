"""Language tags: found for each engine, and Chinese scripts never confused."""

import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines import make_engine
from pipeline.translation.engines.languages import Language, read_tag

SIMPLIFIED = [
    "zh",
    "zh-CN",
    "zh_cn",
    "zh-SG",
    "zh-Hans",
    "zh-hans-CN",
    "zh-Hans-HK",
    "cmn",
    "zh-cmn-Hans",
    "cmn-Hans-CN",
]
TRADITIONAL = ["zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "zh_hant_tw", "cmn-Hant"]
GOOGLE = EngineSettings()
LIBRE = EngineSettings(url="http://127.0.0.1:9")


@pytest.mark.parametrize("tag", SIMPLIFIED)
def test_simplified(tag):
    assert make_engine("google", GOOGLE).language(tag) == "zh-CN"
    assert make_engine("libretranslate", LIBRE).language(tag) == "zh-Hans"


@pytest.mark.parametrize("tag", TRADITIONAL)
def test_traditional(tag):
    assert make_engine("google", GOOGLE).language(tag) == "zh-TW"
    assert make_engine("libretranslate", LIBRE).language(tag) == "zh-Hant"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("he", "iw"),
        ("nb-NO", "no"),
        ("mni-Mtei", "mni-Mtei"),
        ("fil", "tl"),
    ],
)
def test_google_codes(tag, code):
    assert make_engine("google", GOOGLE).language(tag) == code


@pytest.mark.parametrize("tag", ["tlh", "zh-Latn", "zh-yue", "sr-Latn", "x-private", "", "中文", "e", "english"])
def test_a_language_google_lacks_is_an_error(tag):
    with pytest.raises(ConfigError) as caught:
        make_engine("google", GOOGLE).language(tag)
    assert tag in str(caught.value)
    assert caught.value.remedy


def test_pinyin_is_not_simplified_chinese():
    with pytest.raises(ConfigError):
        make_engine("libretranslate", LIBRE).language("zh-Latn")


def test_parts():
    assert read_tag("zh-yue-Hant-HK-x-a") == Language("yue", "Hant", "HK")
    assert read_tag("es-419") == Language("es", "", "419")
    assert read_tag("de-DE-u-co-phonebk") == Language("de", "", "DE")
