"""Who may use the desk, and what it does to the files."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.review.desk.conftest import draft, live

NAME = {"locale": "zh", "post": "posts/small"}


@pytest.fixture
def ask(server):
    def ask(path, body=None, *, method="POST", **headers):
        port = urlsplit(server.url).port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        sent = {"Host": f"127.0.0.1:{port}", "Authorization": f"Bearer {server.token}"}
        sent |= {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        connection.request(method, path, data, {name: value for name, value in sent.items() if value is not None})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text.startswith(b"{") else text, response.headers

    return ask


def opened(ask):
    status, found, _ = ask("/api/draft", NAME)
    assert status == 200
    return found, {**NAME, "version": found["version"]}


def row_with(found, words):
    return next(row for row in found["rows"] if words in row["text"])


def test_the_page_needs_no_token_and_loads_nothing_from_elsewhere(ask):
    for path in ("/", "/desk.js", "/row.js", "/desk.css"):
        status, text, headers = ask(path, method="GET", Authorization=None)
        assert status == 200
        assert b"//cdn" not in text
        assert b"https:" not in text
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert ask("/../desk.py", method="GET")[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer é"}, 401),
        ({"Content_Type": "text/plain"}, 415),
    ],
)
def test_nobody_else_gets_in(ask, settings, headers, status):
    before = draft(settings).read_bytes()
    for path, body in (("/api/drafts", {}), ("/api/edit", {**NAME, "version": "x", "row": "1", "text": "x"})):
        assert ask(path, body, **headers)[0] == status
    assert draft(settings).read_bytes() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"locale": "zh"}', b'{"locale": "zh", "post": 1}', b'{"locale": "zh", "post": "x", "z": 1}'],
)
def test_what_is_no_request_is_refused(ask, body):
    assert ask("/api/draft", body)[0] == 400


def test_a_name_that_leads_elsewhere_is_no_draft(ask):
    for post in ("../../etc/passwd", "posts/none", ""):
        status, answer, _ = ask("/api/draft", {"locale": "zh", "post": post})
        assert status == 422
        assert "no draft" in answer["error"]
    assert ask("/api/draft", {"locale": "../zh", "post": "posts/small"})[0] == 422


def test_the_list_says_how_far_each_is(ask):
    _, found, _ = ask("/api/drafts")
    assert [(one["post"], one["rows"], one["accepted"]) for one in found["drafts"]] == [("posts/small", 2, 0)]


def test_from_edit_to_live(ask, settings):
    found, names = opened(ask)
    last = row_with(found, "[")
    edited = "一个新的想法。最后一段，带有[链接](https://example.org/)。"
    status, found, _ = ask("/api/edit", {**names, "row": last["row"], "text": edited})
    assert status == 200
    assert edited in draft(settings).read_text(encoding="utf-8")
    assert ask("/api/approve", {**NAME, "version": found["version"]})[0] == 422  # nothing was accepted
    for row in [row for row in found["rows"] if row["changed"]]:
        _, found, _ = ask("/api/accept", {**NAME, "version": found["version"], "row": row["row"], "accepted": True})
    assert ask("/api/approve", {**NAME, "version": found["version"]})[0] == 200
    assert edited in live(settings)
    assert "引擎在 45 秒内应答。" in live(settings)
    assert not draft(settings).exists()


def test_what_was_accepted_is_remembered_until_it_changes(ask):
    found, names = opened(ask)
    row = row_with(found, "45 秒")
    _, found, _ = ask("/api/accept", {**names, "row": row["row"], "accepted": True})
    assert row_with(opened(ask)[0], "45 秒")["accepted"]
    names["version"] = found["version"]
    _, found, _ = ask("/api/edit", {**names, "row": row["row"], "text": "引擎在 45 秒之内应答。"})
    assert not row_with(found, "45 秒")["accepted"]
    names["version"] = found["version"]
    _, found, _ = ask("/api/edit", {**names, "row": row["row"], "text": row["text"]})
    assert row_with(found, "45 秒")["accepted"]


def test_a_file_that_somebody_else_changed_is_not_overwritten(ask, settings):
    found, names = opened(ask)
    row = row_with(found, "45 秒")
    path = draft(settings)
    theirs = path.read_text(encoding="utf-8").replace("引擎在 45", "引擎会在 45")
    path.write_text(theirs, encoding="utf-8")
    for action, more in (("edit", {"text": "我的"}), ("accept", {"accepted": True})):
        status, answer, _ = ask(f"/api/{action}", {**names, "row": row["row"], **more})
        assert status == 409
        assert "changed on disk" in answer["error"]
    assert path.read_text(encoding="utf-8") == theirs
    found, names = opened(ask)
    assert row_with(found, "45 秒")["text"] == "引擎会在 45 秒内应答。"
    assert ask("/api/edit", {**names, "row": row["row"], "text": "我的"})[0] == 200


def test_characters_that_are_no_text_are_left_out(ask, settings):
    for row, words in (("0", "好\u0000标题\ud800"), ("2", "引擎\u0007在 45 秒内\udfff应答。")):
        _, names = opened(ask)
        assert ask("/api/edit", {**names, "row": row, "text": words})[0] == 200
    text = draft(settings).read_text(encoding="utf-8")
    assert "好标题" in text
    assert "引擎在 45 秒内应答。" in text


def test_html_in_a_draft_cannot_run(ask):
    found, names = opened(ask)
    row = row_with(found, "45 秒")
    evil = '<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) <b onclick="a()">粗</b>'
    _, found, _ = ask("/api/edit", {**names, "row": row["row"], "text": evil})
    shown = next(one for one in found["rows"] if one["row"] == row["row"])["html"]
    for bad in ("<img", "<script", "onclick", 'href="javascript'):
        assert bad not in shown


def test_the_engine_and_the_memory_suggest(ask):
    found, names = opened(ask)
    row = row_with(found, "45 秒")
    _, answer, _ = ask("/api/suggest", {**names, "row": row["row"], "engine": "pseudo"})
    assert answer["suggestions"][0]["origin"] == "pseudo"
    assert "45" in answer["suggestions"][0]["text"]
    _, answer, _ = ask("/api/suggest", {**names, "row": row["row"], "engine": ""})
    assert {"text": "引擎在 30 秒内应答。", "origin": "what is live now"} in answer["suggestions"]
    assert ask("/api/suggest", {**names, "row": row["row"], "engine": "google"})[0] == 422
