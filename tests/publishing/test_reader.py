"""Somebody reads the site all the while that it is published, again and again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.config import PublishSettings
from pipeline.publishing import publish, rollback
from pipeline.publishing.local import LocalStore

MakeSite = Callable[..., Path]


def version(number: int) -> dict[str, str]:
    """Every page needs the version's own style; the home page names all posts, which come and go."""
    style = f"app.{number:08x}a.css"
    posts = [f"p/{post}/" for post in range(8) if (post + number) % 3]
    return {
        style: "",
        **{f"{post}index.html": style for post in posts},
        "index.html": " ".join([style, *posts]),
    }


class Reader(Thread):
    """Follows all links from the home page, over and over, and notes what was not there."""

    def __init__(self, address: str, prefix: str) -> None:
        super().__init__(daemon=True)
        self._address = address.removeprefix("http://")
        self._prefix = prefix
        self.stop = Event()
        self.rounds = 0
        self.missing: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._round()
                self.rounds += 1
        except BaseException as error:
            self.failure = error

    def _get(self, path: str) -> str | None:
        connection = HTTPConnection(self._address, timeout=20)
        try:
            connection.request("GET", f"/{self._prefix}/{path}")
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        assert answer.status in {200, 404}, answer.status
        return body if answer.status == 200 else None

    def _round(self) -> None:
        for path in self._links(""):
            if path.endswith("/"):
                for asset in self._links(path):
                    self._must_have(asset, path)
            else:
                self._must_have(path, "")

    def _links(self, page: str) -> list[str]:
        text = self._get(page)
        if text is None and page in (self._get("") or "").split():  # it is still linked, so it has to be there
            text = self._get(page)
            if text is None and page in (self._get("") or "").split():
                self.missing.append(page)
        return (text or "").split()

    def _must_have(self, asset: str, page: str) -> None:
        if self._get(asset) is None:
            self.missing.append(f"{asset} of /{page}")


@pytest.mark.parametrize("history", ["versions", "copies"])
def test_no_page_ever_refers_to_what_is_not_there(make_site: MakeSite, local: LocalStore, history: str) -> None:
    prefix = f"read-{uuid.uuid4().hex}"
    base = PublishSettings(concurrency=3, keep=3 if history == "copies" else None)
    settings = local.settings(base, prefix)
    publish(make_site(version(0)), settings, adopt=True)
    reader = Reader(local.website_url, prefix)
    reader.start()
    number = 0
    while number < 5 or (reader.rounds < 2 and reader.is_alive()):
        number += 1
        publish(make_site(version(number)), settings)
        if history == "copies":
            rollback(settings)
    reader.stop.set()
    reader.join(60)
    assert reader.failure is None
    assert not reader.is_alive()
    assert reader.rounds >= 2
    assert reader.missing == []


def test_the_reader_would_notice(make_site: MakeSite, local: LocalStore) -> None:
    prefix = f"read-{uuid.uuid4().hex}"
    site: Mapping[str, str] = {"index.html": "app.00000001a.css p/1/ p/2/", "p/1/index.html": "app.00000002a.css"}
    publish(make_site(site), local.settings(PublishSettings(), prefix), adopt=True)
    reader = Reader(local.website_url, prefix)
    reader._round()
    assert reader.missing == ["app.00000001a.css of /", "app.00000002a.css of /p/1/", "p/2/"]
