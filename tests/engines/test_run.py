"""A whole run: what it would cost, where it stops, and which engine is asked in which words."""

import json
import os
import subprocess
import sys

import pytest

from tests.engines import faults
from tests.engines.servers import DeepLServer, GoogleServer, LibreTranslateServer
from tests.engines.services import KEY

POST = "---\ntitle: One\n---\n\nRead [the post](https://x.example) now.\n\nA second paragraph.\n\nA third paragraph.\n"


@pytest.fixture
def site(tmp_path):
    post = tmp_path / "content" / "en" / "posts" / "one.md"
    post.parent.mkdir(parents=True)
    post.write_text(POST, encoding="utf-8")
    return tmp_path


def run(site, settings, *arguments):
    (site / "pipeline.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "pipeline", "--root", str(site), "translate", *arguments]
    environment = {**os.environ, "DEEPL_AUTH_KEY": KEY}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


def draft(site):
    return (site / "drafts" / "zh" / "posts" / "one.md").read_text(encoding="utf-8")


def test_a_dry_run_tells_the_money_and_sends_nothing(site):
    with DeepLServer(key=KEY) as server:
        settings = f'[translation]\nengine = "deepl"\n[engines.deepl]\nurl = "{server.url}"\nprice = 20.0\n'
        code, told, _ = run(site, settings, "--dry-run", "--json")
        usage = json.loads(told)["engine"]
        assert code == 0
        assert usage["characters"] > 50
        assert usage["cost"] == pytest.approx(usage["characters"] * 20 / 1e6)
        assert usage["currency"] == "USD"
        assert "for 0.00 USD" in run(site, settings, "--dry-run")[1]
        assert server.paths == []
        assert not (site / "drafts").exists()
        sent = json.loads(run(site, settings, "--json")[1])["engine"]
        assert (sent["characters"], sent["cost"]) == (usage["characters"], usage["cost"])


def test_a_run_stops_at_its_limit_and_the_next_goes_on(site):
    with GoogleServer() as server:
        settings = f'[translation]\nmax_characters = 40\n[engines.google]\nurl = "{server.url}"\n'
        code, _, told = run(site, settings)
        assert code == 3
        assert "may send 40 characters" in told
        assert "A third paragraph." in draft(site)
        assert sum(map(len, server.lines)) <= 40
        first = set(server.lines)
        assert run(site, settings)[0] == 0
        assert "译 A third paragraph." in draft(site)
        assert len(server.lines) == len(set(server.lines)) == 4
        assert first < set(server.lines)


def test_each_engine_of_a_chain_is_asked_in_its_own_words(site):
    with LibreTranslateServer(fault_when=lambda _: faults.status(403)) as first, GoogleServer() as second:
        settings = (
            '[translation]\nengine = ["libretranslate", "google"]\n'
            f'[engines.libretranslate]\nurl = "{first.url}"\n[engines.google]\nurl = "{second.url}"\n'
        )
        assert run(site, settings)[0] == 0
        assert any("[[1]]the post[[/1]]" in text for text in first.texts)
        assert "Read <1>the post</1> now." in second.lines
        assert "译 Read [the post](https://x.example) now." in draft(site)


def test_what_one_engine_spoils_another_may_do(site):
    with LibreTranslateServer(lambda text: text.replace("[", "").replace("<", "")) as first, GoogleServer() as second:
        settings = (
            '[translation]\nengine = ["libretranslate", "google"]\n'
            f'[engines.libretranslate]\nurl = "{first.url}"\n[engines.google]\nurl = "{second.url}"\n'
        )
        assert run(site, settings)[0] == 0
        asked = [text for text in first.texts if "the post" in text]
        assert asked == ["Read [[1]]the post[[/1]] now.", "Read <1>the post</1> now."]
        assert second.lines == ["Read <1>the post</1> now."]
        assert "译 Read [the post](https://x.example) now." in draft(site)


def test_the_terms_of_the_glossary_reach_the_engine(site):
    (site / "glossary.csv").write_text("source,target,note\nparagraph,段落,\nAcme,=,\n", encoding="utf-8")
    with DeepLServer(key=KEY) as server:
        settings = f'[translation]\nengine = "deepl"\n[engines.deepl]\nurl = "{server.url}"\n'
        assert run(site, settings)[0] in {0, 3}
        assert list(server.entries.values()) == [{"paragraph": "段落"}]
        assert "译 A third 段落。" in draft(site)
