"""Networks that drop, servers that are overloaded, credentials that expire: at any moment, and with several at work."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipeline.config import PublishSettings
from pipeline.errors import ConflictError, StoreError
from pipeline.publishing import publish
from pipeline.publishing.s3 import S3Store
from tests.publishing.conftest import SITE
from tests.publishing.doubles import DROP, FaultyS3, s3_error
from tests.publishing.test_s3 import through

MakeSite = Callable[..., Path]
CHANGED = {path: f"{text}!" for path, text in SITE.items() if path != "feed.xml"} | {"posts/three/index.html": "three"}


def stored(s3: S3Store) -> dict[str, str]:
    found = {item.path: s3.read(item.path) for item in s3.listing()}
    return {path: item.data.decode() for path, item in found.items() if item}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long between attempts."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.01)))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("answer", "share"), [(s3_error(503, "SlowDown"), 0.2), (s3_error(503, "SlowDown"), 0.6), (DROP, 0.5)]
)
def test_a_storm_is_ridden_out_or_waited_for(
    make_site: MakeSite,
    settings: PublishSettings,
    faulty: FaultyS3,
    s3: S3Store,
    answer: tuple[int, str],
    share: float,
) -> None:
    publish(make_site(), settings)
    chance = random.Random(3)
    faulty.rule = lambda method, path: answer if chance.random() < share else None
    for _ in range(2):
        store = through(faulty, settings, attempts=3)
        try:
            publish(make_site(CHANGED), settings, store=store)
        except StoreError:
            pass  # it was too much
        finally:
            store.close()
        now = stored(s3)
        assert all(now[path] in {SITE[path], CHANGED.get(path)} for path in SITE if path in now)
        assert now["index.html"] in {SITE["index.html"], CHANGED["index.html"]}
    publish(make_site(CHANGED), settings)
    assert stored(s3) == CHANGED
    assert publish(make_site(CHANGED), settings).requests == 1


@pytest.mark.parametrize("after", [0, 1, 5, 12, 13, 14])
def test_credentials_that_expire_at_any_request(
    make_site: MakeSite, settings: PublishSettings, faulty: FaultyS3, s3: S3Store, after: int
) -> None:
    publish(make_site(), settings)
    expired = s3_error(400, "ExpiredToken")
    faulty.rule = lambda method, path: expired if len(faulty.seen) > after else None
    store = through(faulty, settings)
    with pytest.raises(StoreError, match=r"expired.*Renew"):  # a reading, 11 uploads, a manifest, deletions, a manifest
        publish(make_site(CHANGED), settings, store=store)
    store.close()
    publish(make_site(CHANGED), settings)
    assert stored(s3) == CHANGED
    assert publish(make_site(CHANGED), settings).requests == 1


def test_of_publishers_at_the_same_moment_one_wins_and_all_converge(
    tmp_path: Path, settings: PublishSettings, s3: S3Store
) -> None:
    sites = {}
    for name in ("one", "two", "three"):
        sites[name] = {**SITE, "index.html": name, f"only/{name}.html": name}
        for path, text in sites[name].items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
    for _ in range(2):
        begin = Barrier(len(sites))

        def race(name: str, begin: Barrier = begin) -> bool:
            begin.wait()
            try:
                publish(tmp_path / name, settings, root=tmp_path / "machines" / name)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(len(sites)) as pool:
            assert any(pool.map(race, sites))
    for name, site in sites.items():
        publish(tmp_path / name, settings, root=tmp_path / "machines" / name)
        assert stored(s3) == site
        assert publish(tmp_path / name, settings).requests == 1
