from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import PublishSettings
from pipeline.publishing import publish
from pipeline.publishing.local import LocalStore
from pipeline.publishing.website import key_of
from tests.publishing.conftest import SITE

Ask = Callable[..., tuple[HTTPResponse, bytes]]


@pytest.fixture(scope="module")
def website(local: LocalStore, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks for addresses below a prefix under which the site is published."""
    prefix = f"w-{uuid.uuid4().hex}"
    directory = tmp_path_factory.mktemp("public")
    for path, text in SITE.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    (directory / "old").mkdir()
    (directory / "old/index.html").write_text("moved")
    (directory / ".redirects.json").write_text('{"/old/": "/new/?q=1"}')
    publish(directory, local.settings(PublishSettings(), prefix))

    def ask(address: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(HTTPConnection(local.website_url.removeprefix("http://"))) as connection:
            connection.request(method, f"/{prefix}{address}", headers=named)
            answer = connection.getresponse()
            return answer, answer.read()

    return ask


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/", "index.html"),
        ("/index.html", "index.html"),
        ("/posts/one/", "posts/one/index.html"),
        ("/posts/one/?utm=1", "posts/one/index.html"),
        ("/zh/", "zh/index.html"),
        (quote("/images/图 1.png"), "images/图 1.png"),
    ],
)
def test_objects_and_index_documents(website: Ask, address: str, text: str) -> None:
    answer, body = website(address)
    assert (answer.status, body.decode()) == (200, SITE[text])


def test_the_stored_headers_are_served(website: Ask) -> None:
    answer, _ = website("/app.0a1b2c3d.css")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Length"] == str(len(SITE["app.0a1b2c3d.css"]))
    assert answer.headers["ETag"]
    assert answer.headers["Last-Modified"]


@pytest.mark.parametrize("query", ["", "?page=2&x=%20"])
def test_a_directory_gets_its_slash(website: Ask, query: str) -> None:
    answer, _ = website(f"/posts{query}")
    assert answer.status == 302
    assert answer.headers["Location"].endswith(f"/posts/{query}")
    assert answer.headers["Location"].startswith("/w-")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stored_redirect_is_answered(website: Ask, method: str) -> None:
    answer, body = website("/old/", method)
    assert (answer.status, answer.headers["Location"], body) == (301, "/new/?q=1", b"")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/nothing", "404.html"),
        ("/posts/nothing/", "404.html"),
        ("/zh/nothing/at/all", "zh/404.html"),
        ("/zh/nothing/", "zh/404.html"),
        ("/zhx", "404.html"),
    ],
)
def test_the_nearest_404_page_is_shown(website: Ask, address: str, page: str) -> None:
    answer, body = website(address)
    assert (answer.status, body.decode()) == (404, SITE[page])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_without_a_404_page_there_is_a_plain_one(local: LocalStore) -> None:
    connection = HTTPConnection(local.website_url.removeprefix("http://"))
    connection.request("GET", "/nobody/was/here")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (404, b"There is no such page.\n")
    connection.close()


def test_a_known_etag_is_304(website: Ask) -> None:
    etag = website("/")[0].headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        answer, body = website("/", If_None_Match=known)
        assert (answer.status, body, answer.headers["ETag"]) == (304, b"", etag)
        assert answer.headers["Cache-Control"]
    assert website("/", If_None_Match='"other"')[0].status == 200


def test_a_known_date_is_304(website: Ask) -> None:
    changed = website("/")[0].headers["Last-Modified"]
    assert website("/", If_Modified_Since=changed)[0].status == 304
    assert website("/", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT")[0].status == 200
    assert website("/", If_Modified_Since="yesterday")[0].status == 200


def test_head_is_get_without_the_body(website: Ask) -> None:
    for address in ("/", "/nothing", "/posts", "/.pipeline/manifest.json"):
        get, _ = website(address)
        head, body = website(address, "HEAD")
        assert (head.status, body) == (get.status, b"")
        assert head.headers.get("Content-Type") == get.headers.get("Content-Type")
        assert head.headers.get("Content-Length") == get.headers.get("Content-Length")


def test_a_part_of_a_file(website: Ask) -> None:
    answer, body = website("/app.0a1b2c3d.css", Range="bytes=0-3")
    assert (answer.status, body, answer.headers["Content-Range"]) == (206, b"body", "bytes 0-3/7")
    assert website("/app.0a1b2c3d.css", Range="bytes=100-")[0].status == 416


@pytest.mark.parametrize("address", ["/.pipeline/manifest.json", "/%2Epipeline/manifest.json", "/.pipeline/"])
def test_the_manifest_is_not_served(website: Ask, address: str) -> None:
    assert website(address)[0].status == 404


@pytest.mark.parametrize(
    "address",
    ["/../x", "/%2e%2e/index.html", "/a/..%2findex.html", "//index.html", "/posts//one/", "/%ff", "/%00", "/a%5Cb"],
)
def test_a_path_that_is_none_is_404(website: Ask, address: str) -> None:
    assert website(address)[0].status == 404


def test_other_methods_are_refused(website: Ask) -> None:
    assert website("/", "POST")[0].status == 501


@pytest.mark.parametrize("address", ["//evil.example", "//evil.example/", "http://evil.example/", "", "*", "/\\evil"])
def test_no_address_leads_to_another_site(address: str) -> None:
    assert key_of(address) is None


@given(st.text(st.characters(max_codepoint=255)))
def test_no_key_leaves_the_bucket_or_shows_the_manifest(address: str) -> None:
    key = key_of("/" + address)
    if key is not None and key != "index.html":
        assert not {"", ".", "..", ".pipeline"} & set(key.split("/"))
