"""The openai engine: the package `openai` itself, against a server as strict as the real one."""

import json

import pytest

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError, EngineBusy, EngineError
from pipeline.translation.engines import ContextEngine, GlossaryEngine, Request
from pipeline.translation.engines.faults import EngineRefused
from tests.engines import faults
from tests.engines.helpers import ask, dispatcher, real, texts_of
from tests.engines.servers import OpenAIServer


def engine(server, **settings):
    return real("openai", **{"url": server.base, "model": "a-model", **settings})


def translate(server, texts, target="zh-CN", **settings):
    made, _ = engine(server, **settings)
    return made.translate(texts, source=made.language("en"), target=made.language(target))


def prompts(server):
    return [body["messages"][0]["content"] for body in server.bodies]


def asked(server):
    return [json.loads(body["messages"][-1]["content"])["texts"] for body in server.bodies]


def test_one_request_with_a_schema_for_its_answer():
    with OpenAIServer(str.upper) as server:
        assert translate(server, ["read <1>this</1>", "“two”\n\\"]) == ["READ <1>THIS</1>", "“TWO”\n\\"]
    (body,) = server.bodies
    assert body["model"] == "a-model"
    assert body["temperature"] == 0
    assert body["response_format"]["json_schema"]["strict"] is True
    assert asked(server) == [[{"id": 1, "text": "read <1>this</1>"}, {"id": 2, "text": "“two”\n\\"}]]
    (prompt,) = prompts(server)
    assert "from English into Simplified Chinese" in prompt
    assert "JSON" in prompt


@pytest.mark.parametrize(
    ("tag", "named"),
    [("zh-TW", "Traditional Chinese"), ("zh", "Simplified Chinese"), ("de-AT", "the BCP 47 tag de-AT")],
)
def test_the_language_is_named_beyond_doubt(tag, named):
    with OpenAIServer() as server:
        translate(server, ["one"], target=tag)
        assert f"into {named}" in prompts(server)[0] or named in prompts(server)[0]


def test_a_language_that_is_none():
    for tag in ("zh-Latn", "no such language"):
        with pytest.raises(ConfigError):
            real("openai", url="http://127.0.0.1:9", model="m")[0].language(tag)


class TestContext:
    def test_neighbours_go_along_unless_they_are_texts_of_the_same_request(self):
        requests = [
            Request("one", before="zero", after="two"),
            Request("two", before="one", after="three"),
            Request("five", before="four"),
        ]
        with OpenAIServer(str.upper) as server:
            made, _ = engine(server)
            assert isinstance(made, ContextEngine)
            answers = made.translate_in_context(requests, source="en", target="zh-Hans")
            assert answers == ["ONE", "TWO", "FIVE"]
            assert asked(server) == [
                [
                    {"id": 1, "before": "zero", "text": "one"},
                    {"id": 2, "text": "two", "after": "three"},
                    {"id": 3, "before": "four", "text": "five"},
                ]
            ]

    def test_a_long_neighbour_is_shortened_to_what_is_near(self):
        with OpenAIServer() as server:
            request = Request("x", before="far " * 1000 + "near", after="near" + " far" * 1000)
            engine(server)[0].translate_in_context([request], source="en", target="zh-Hans")
            ((sent,),) = asked(server)
            assert len(sent["before"]) == len(sent["after"]) == 500
            assert sent["before"].endswith("near")
            assert sent["after"].startswith("near")

    def test_terms_that_occur_go_into_the_prompt(self):
        with OpenAIServer() as server:
            made, _ = engine(server)
            assert isinstance(made, GlossaryEngine)
            made.use_terms({"Engine": "引擎", "post": "文章"})
            made.translate(["all engines"], source="en", target="zh-Hans")
            made.translate(["nothing of it"], source="en", target="zh-Hans")
            assert "* Engine → 引擎\n" in prompts(server)[0]
            assert "文章" not in prompts(server)[0]
            assert "→" not in prompts(server)[1]

    def test_instructions_and_formality_go_into_the_prompt(self, tmp_path):
        (tmp_path / "style.md").write_text("Prefer short sentences, {even} here.\n", encoding="utf-8")
        with OpenAIServer() as server:
            translate(server, ["one"], instructions=str(tmp_path / "style.md"), formality="prefer_less")
            assert "Prefer short sentences, {even} here." in prompts(server)[0]
            assert "informally" in prompts(server)[0]

    def test_other_instructions_are_another_engine_to_the_journal(self, tmp_path):
        style = tmp_path / "style.md"
        found = set()
        for text in ("short", "long"):
            style.write_text(text)
            found.add(real("openai", url="http://x", model="m", instructions=str(style))[0].capabilities.fingerprint)
        found.add(real("openai", url="http://x", model="m")[0].capabilities.fingerprint)
        assert len(found) == 3


class TestSettings:
    def test_a_model_is_needed(self):
        with pytest.raises(ConfigError, match="needs the name of a model"):
            real("openai", url="http://127.0.0.1:9")

    def test_instructions_that_are_not_there(self, tmp_path):
        with pytest.raises(ConfigError, match=r"none\.md: the instructions of the engine `openai` cannot be read"):
            real("openai", url="http://127.0.0.1:9", model="m", instructions=str(tmp_path / "none.md"))

    @pytest.mark.parametrize("suffix", ["", "/", "/chat/completions"])
    def test_the_address_may_be_written_as_people_write_it(self, suffix):
        with OpenAIServer() as server:
            assert translate(server, ["one"], url=server.base + suffix) == ["译one"]

    def test_options_go_into_the_request(self):
        with OpenAIServer() as server:
            translate(server, ["one"], options={"temperature": 0.3, "seed": 7, "reasoning_effort": "low"})
            (body,) = server.bodies
            assert (body["temperature"], body["seed"], body["reasoning_effort"]) == (0.3, 7, "low")


class TestKey:
    def test_openai_itself_needs_one(self, monkeypatch):
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        with pytest.raises(ConfigError, match="OPENAI_API_KEY, which is empty"):
            real("openai", model="m")

    def test_a_server_of_ones_own_gets_neither_the_key_nor_the_account_that_are_for_openai(self, monkeypatch):
        for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
            monkeypatch.setenv(name, "not-for-you")
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/not-here")
        with OpenAIServer() as server:
            assert translate(server, ["one"]) == ["译one"]
            (request,) = server.requests
            assert "Authorization" not in request.headers
            assert "not-for-you" not in str(request.headers)
            assert not [name for name in request.headers if "stainless" in name.lower()]

    def test_it_gets_its_own(self, monkeypatch):
        monkeypatch.setenv("MINE", "abc")
        with OpenAIServer(key="abc") as server:
            assert translate(server, ["one"], api_key_env="MINE") == ["译one"]
            assert server.requests[0].headers["Authorization"] == "Bearer abc"

    def test_a_wrong_one_is_refused_without_being_told(self, monkeypatch):
        monkeypatch.setenv("MINE", "s3cret")
        with OpenAIServer(key="abc") as server, pytest.raises(EngineRefused, match="Check its key") as caught:
            translate(server, ["one"], api_key_env="MINE")
        assert "s3cret" not in str(caught.value)


class TestServersThatKnowLess:
    @pytest.mark.parametrize(
        ("formats", "sent"),
        [
            (["text", "json_object", "json_schema"], ["json_schema"]),
            (["text", "json_object"], ["json_schema", "json_object"]),
            (["text"], ["json_schema", "json_object", None]),
        ],
    )
    def test_a_format_they_lack_is_asked_for_once(self, formats, sent):
        with OpenAIServer(formats=formats) as server:
            made, _ = engine(server)
            for _ in range(2):
                assert made.translate(["one"], source="en", target="zh-Hans") == ["译one"]
            kinds = [body.get("response_format", {}).get("type") for body in server.bodies]
            assert kinds == [*sent, sent[-1]]

    def test_a_temperature_they_will_not_take_is_left_out(self):
        with OpenAIServer(temperatures=False, formats=["text"]) as server:
            made, _ = engine(server)
            for _ in range(2):
                assert made.translate(["one"], source="en", target="zh-Hans") == ["译one"]
            assert ["temperature" in body for body in server.bodies] == [True, False, False, False, False]

    def test_what_the_user_has_chosen_is_not_left_out(self):
        with OpenAIServer(temperatures=False) as server, pytest.raises(EngineError, match="does not support"):
            translate(server, ["one"], options={"temperature": 0.5})

    @pytest.mark.parametrize(
        "speak",
        [
            lambda said: f"<think>Let me see … {{}}</think>\n{said}",
            lambda said: f"```json\n{said}\n```",
            lambda said: f"```\n{said}```",
            lambda said: f"\n {said} \n",
        ],
    )
    def test_models_that_think_aloud_or_fence_their_answer(self, speak):
        with OpenAIServer(formats=["text"], speak=speak) as server:
            assert translate(server, ["one", "two"]) == ["译one", "译two"]


class TestAnswers:
    @pytest.mark.parametrize(
        "said",
        [
            "Here are the translations: 一, 二",
            "[]",
            '{"translations": []}',
            '{"translations": {"1": "一", "2": "二"}}',
            '{"translations": ["一", "二"]}',
            '{"translations": [{"id": 1, "text": "一"}]}',
            '{"translations": [{"id": 1, "text": "一"}, {"id": 1, "text": "二"}]}',
            '{"translations": [{"id": 1, "text": "一"}, {"id": 2, "text": "二"}, {"id": 3, "text": "三"}]}',
            '{"translations": [{"id": 1, "text": "一"}, {"id": 2, "text": null}]}',
            '{"translations": [{"id": 1, "text": "一"}, {"id": "2", "text": "二"}]}',
            '{"translations": [{"id": 1, "text": "一"}, {"id": 2, "text": "二"}',
        ],
    )
    def test_anything_but_one_translation_for_each_is_refused(self, said):
        with OpenAIServer(speak=lambda _: said) as server, pytest.raises(EngineError) as caught:
            translate(server, ["one", "two"])
        assert type(caught.value) is EngineError

    def test_answers_in_another_order_are_told_apart_by_their_numbers(self):
        def turned(said):
            return json.dumps({"translations": json.loads(said)["translations"][::-1]})

        with OpenAIServer(speak=turned) as server:
            assert translate(server, ["one", "two", "three"]) == ["译one", "译two", "译three"]

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            (lambda handler: handler.say("{}", "length"), "was cut off"),
            (lambda handler: handler.say('{"translations": []}', "content_filter"), "will not translate"),
            (lambda handler: handler.say(None, refusal="I cannot help with that"), "will not translate"),
            (lambda handler: handler.say(None), "without a text"),
            (faults.raw('{"choices": []}'), "without a message"),
            (faults.raw('{"choices": "x"}'), "without a message"),
            (faults.raw("{}"), "without a message"),
            (faults.raw("[]"), "not JSON"),
            (faults.html(), "not JSON"),
        ],
    )
    def test_no_answer(self, fault, message):
        with OpenAIServer(faults=[fault]) as server, pytest.raises(EngineError, match=message) as caught:
            translate(server, ["one"])
        assert type(caught.value) is EngineError

    def test_an_answer_that_is_cut_off_is_asked_for_in_halves(self):
        with OpenAIServer(most_characters=200) as server:
            texts = [f"a sentence of some length, number {number}" for number in range(12)]
            assert texts_of(ask(dispatcher(engine(server)), texts)) == [f"译{text}" for text in texts]
            assert len(server.requests) > 4

    def test_a_prompt_that_is_too_long_is_asked_in_halves(self):
        with OpenAIServer(room=3000) as server:
            texts = [f"{number:2} {'words ' * 40}".strip() for number in range(12)]
            assert texts_of(ask(dispatcher(engine(server)), texts)) == [f"译{text}" for text in texts]


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "error", "message"),
        [
            (faults.status(401), EngineRefused, "Check its key"),
            (faults.status(404), EngineRefused, "`url` and `model`"),
            (
                faults.status(429, '{"error": {"message": "You exceeded", "code": "insufficient_quota"}}'),
                EngineRefused,
                "refused: You exceeded",
            ),
            (faults.status(429, '{"error": {"message": "Slow down", "code": "rate_limit"}}'), EngineBusy, "Slow down"),
            (faults.status(503, '{"error": "loading model"}'), EngineBusy, "loading model"),
            (faults.status(400, '{"detail": "no"}'), EngineError, "answered 400: no"),
        ],
    )
    def test_statuses(self, fault, error, message):
        with OpenAIServer(faults=[fault]) as server:
            with pytest.raises(error, match=message) as caught:
                translate(server, ["one"])
            assert type(caught.value) is error
            assert len(server.requests) == 1, "the package does not repeat by itself"

    def test_an_unknown_model_is_told(self):
        with OpenAIServer() as server, pytest.raises(EngineRefused, match="The model `other` does not exist"):
            translate(server, ["one"], model="other")

    def test_settings_are_strictly_read(self):
        with pytest.raises(ValueError, match="options"):
            EngineSettings(options={"a": [1]})
