"""The deepl engine: the package `deepl` itself, against a server as strict as the real one."""

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.engines import GlossaryEngine
from pipeline.translation.engines.deepl import _from_xml, _to_xml
from pipeline.translation.engines.faults import EngineRefused
from pipeline.translation.engines.hosts import Host
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, real, texts_of
from tests.engines.servers import DeepLServer

KEY = "deepl-key"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("DEEPL_AUTH_KEY", KEY)


def translate(server, texts, target="zh-CN", **settings):
    engine, _ = real("deepl", **{"url": server.url, **settings})
    return engine.translate(texts, source=engine.language("en"), target=engine.language(target))


def test_one_request_with_xml_tags_and_the_key_in_its_header():
    with DeepLServer(str.upper) as server:
        texts = ["read <1>this</1> and <2/>", 'R&D: a < b > "c" &amp; d']
        assert translate(server, texts) == ["READ <1>THIS</1> AND <2/>", 'R&D: A < B > "C" &AMP; D']
    (asked,) = server.requests
    assert asked.headers["Authorization"] == f"DeepL-Auth-Key {KEY}"
    assert json.loads(asked.body) == {
        "text": ["read <x1>this</x1> and <x2/>", 'R&amp;D: a &lt; b &gt; "c" &amp;amp; d'],
        "source_lang": "EN",
        "target_lang": "ZH-HANS",
        "tag_handling": "xml",
        "show_billed_characters": True,
    }


@pytest.mark.parametrize("void", ["<{}/>", "<{} />", "<{}></{}>"])
def test_empty_tags_however_they_come_back(void):
    with DeepLServer(str.upper, void=lambda name: void.format(name, name)) as server:
        (answer,) = translate(server, ["a <2/> b"])
    assert answer in {"A <2/> B", "A <2></2> B"}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_xml_on_its_way_and_itself_afterwards(text):
    assert _from_xml(_to_xml(text)) == text


@given(st.lists(st.sampled_from(["<1>", "</1>", "<2/>", "a", "&", "<", "&lt;", "<x1>", " "])).map("".join))
def test_tags_and_what_looks_like_them_are_sound_xml(text):
    assert _from_xml(_to_xml(text)) == text
    ET.fromstring(f"<all>{_to_xml(text)}</all>")


@pytest.mark.parametrize("text", ["a <1> b", "</1>", "<1></2>", "<1><2></1></2>", "</1/>", "<1><1></1>"])
def test_what_looks_like_a_tag_and_is_none_is_text(text):
    with DeepLServer(str.upper) as server:
        assert translate(server, [text]) == [text.upper()]


def test_fifty_texts_in_a_request():
    with DeepLServer() as server:
        texts = [f"text {number}" for number in range(120)]
        assert texts_of(ask(dispatcher(real("deepl", url=server.url)), texts)) == [f"译{text}" for text in texts]
        assert [len(asked.texts) for asked in server.requests] == [50, 50, 20]
        assert server.connections == 1


@pytest.mark.parametrize("suffix", ["", "/", "/v2", "/v2/translate", "/v2/translate/"])
def test_the_address_may_be_written_as_people_write_it(suffix):
    with DeepLServer() as server:
        assert translate(server, ["one"], url=server.url + suffix) == ["译one"]


@pytest.mark.parametrize(
    ("tag", "code", "sent"),
    [
        ("zh", "zh-Hans", "ZH-HANS"),
        ("zh-CN", "zh-Hans", "ZH-HANS"),
        ("zh-TW", "zh-Hant", "ZH-HANT"),
        ("de-AT", "de", "DE"),
        ("en", "en", "EN-US"),
        ("en-GB", "en-GB", "EN-GB"),
        ("pt-BR", "pt-BR", "PT-BR"),
        ("pt", "pt", "PT-PT"),
    ],
)
def test_languages(tag, code, sent):
    with DeepLServer() as server:
        assert real("deepl", url=server.url)[0].language(tag) == code
        translate(server, ["one"], target=tag)
        assert server.requests[0].target == sent


@pytest.mark.parametrize("tag", ["zh-Latn", "tlh", "nan-Hant"])
def test_a_language_that_deepl_lacks_is_an_error_before_any_request(tag):
    with DeepLServer() as server:
        with pytest.raises(ConfigError, match="has no language"):
            dispatcher(real("deepl", url=server.url), target=tag)
        assert server.paths == []


def test_formality_and_model_and_whatever_else_is_configured():
    with DeepLServer() as server:
        settings = {"formality": "more", "model": "quality_optimized", "options": {"preserve_formatting": True}}
        assert translate(server, ["one"], target="de", **settings) == ["译one"]
        body = json.loads(server.requests[0].body)
        assert (body["formality"], body["model_type"], body["preserve_formatting"]) == (
            "more", "quality_optimized", True,
        )  # fmt: skip
        with pytest.raises(EngineRefused, match="'formality' is not supported"):
            translate(server, ["one"], target="zh", formality="more")


class TestKey:
    def test_without_one_it_says_where_it_should_be(self, monkeypatch):
        monkeypatch.delenv("DEEPL_AUTH_KEY")
        with pytest.raises(ConfigError, match="DEEPL_AUTH_KEY, which is empty"):
            real("deepl")
        with pytest.raises(ConfigError, match="MINE, which is empty"):
            real("deepl", api_key_env="MINE")

    def test_it_may_be_in_another_variable_or_a_file(self, monkeypatch, tmp_path):
        monkeypatch.delenv("DEEPL_AUTH_KEY")
        (tmp_path / "key").write_text("other-key\n")
        monkeypatch.setenv("MINE_FILE", str(tmp_path / "key"))
        with DeepLServer(key="other-key") as server:
            assert translate(server, ["one"], api_key_env="MINE") == ["译one"]

    def test_a_free_key_goes_to_the_free_server(self, monkeypatch):
        assert real("deepl")[0]._url == "https://api.deepl.com/"
        monkeypatch.setenv("DEEPL_AUTH_KEY", "abc:fx")
        assert real("deepl")[0]._url == "https://api-free.deepl.com/"

    def test_a_wrong_one_is_refused_without_being_told(self, monkeypatch):
        monkeypatch.setenv("DEEPL_AUTH_KEY", "s3cret")
        with DeepLServer() as server, pytest.raises(EngineRefused, match="Check its key") as caught:
            translate(server, ["one"])
        assert "s3cret" not in str(caught.value)

    def test_a_netrc_file_does_not_replace_it(self, monkeypatch, tmp_path):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setattr(Host, "is_loopback", property(lambda self: False))
        with DeepLServer() as server:
            assert translate(server, ["one"]) == ["译one"]


class TestGlossary:
    TERMS = {"engine": "引擎", "post": "文章"}

    def engine(self, server, terms=None, **settings):
        engine, chosen = real("deepl", url=server.url, **settings)
        assert isinstance(engine, GlossaryEngine)
        engine.use_terms(self.TERMS if terms is None else terms)
        return engine, chosen

    def test_it_is_made_once_and_used(self):
        with DeepLServer() as server:
            for _ in range(2):
                engine, chosen = self.engine(server)
                texts = [f"engine {number}" for number in range(60)]
                answers = texts_of(ask(dispatcher((engine, chosen)), texts))
                assert answers[0] == "译引擎 0"
            assert server.made == 1
            (made,) = server.glossaries.values()
            assert (made["source_lang"], made["target_lang"]) == ("en", "zh")
            assert made["name"].startswith("multilingual-pipeline/deepl/en-zh/")

    def test_one_of_other_terms_takes_the_place_of_ours_and_of_nobody_elses(self):
        with DeepLServer() as server:
            self.engine(server)[0].translate(["engine"], source="en", target="zh-Hans")
            server.glossaries["theirs"] = {**next(iter(server.glossaries.values())), "name": "legal terms"}
            engine, _ = self.engine(server, {"engine": "发动机"})
            assert engine.translate(["engine"], source="en", target="zh-Hans") == ["译发动机"]
            assert set(server.glossaries) == {"theirs", "glossary-2"}

    def test_one_that_stands_there_already(self):
        with DeepLServer() as server:
            self.engine(server)[0].translate(["engine"], source="en", target="zh-Hans")
            paths = len(server.paths)
            assert translate(server, ["engine"], glossary_id="glossary-1") == ["译引擎"]
            assert server.paths[paths:] == ["POST /v2/translate"]
            with pytest.raises(EngineRefused, match="Glossary not found"):
                translate(server, ["engine"], glossary_id="nope")

    def test_no_room_for_one_is_a_warning_said_once(self, caplog):
        with DeepLServer(most_glossaries=0) as server:
            engine, chosen = self.engine(server)
            assert texts_of(ask(dispatcher((engine, chosen), max_characters=10), ["engine", "engine 2"])) == [
                "译engine",
                "译engine 2",
            ]
        (record,) = caplog.records
        assert "deepl translates without the terms of the glossary" in record.message

    def test_no_terms_no_glossary(self):
        with DeepLServer() as server:
            self.engine(server, {})[0].translate(["engine"], source="en", target="zh-Hans")
            assert server.paths == ["POST /v2/translate"]


class TestFaults:
    def test_the_quota_of_the_account(self):
        with (
            DeepLServer(faults=[faults.status(456, "{}")]) as server,
            pytest.raises(EngineRefused, match=r"as much as the account allows.*add another engine"),
        ):
            translate(server, ["one"])

    def test_too_many_requests_carry_the_time_to_wait_and_are_not_repeated_by_the_package(self):
        with (
            DeepLServer(faults=[faults.status(429, Retry_After="17")]) as server,
            pytest.raises(EngineBusy) as caught,
        ):
            translate(server, ["one"])
        assert caught.value.retry_after == 17
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "body",
        ["[]", "null", '{"translations": [{"text": "x"}]}', '{"translations": [1]}', '{"translations": 1}', "no"],
    )
    def test_an_answer_of_another_shape(self, body):
        with DeepLServer(faults=[faults.raw(body)]) as server, pytest.raises(EngineError) as caught:
            translate(server, ["one"])
        assert not isinstance(caught.value, (EngineBusy, EngineRefused))

    def test_text_that_is_no_xml_costs_itself_alone(self):
        with DeepLServer() as server:
            answers = ask(dispatcher(real("deepl", url=server.url)), ["one", "two \x01", "three", "four"])
            assert texts_of(answers) == ["译one", None, "译three", "译four"]
            assert "Tag handling parsing failed" in answers[1].error

    def test_a_request_of_more_than_128_kib_is_halved(self):
        with DeepLServer(lambda text: text[:5]) as server:
            texts = [f"{number:02}{'汉' * 2900}" for number in range(20)]
            answers = texts_of(ask(dispatcher(real("deepl", url=server.url, max_characters=60_000)), texts))
            assert answers == [text[:5] for text in texts]
