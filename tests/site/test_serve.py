"""The preview: what it answers, what it says of builds, and that it ends."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from pipeline.errors import BuildError, PipelineError
from pipeline.site import BuildReport
from pipeline.site.policy import POLICY
from pipeline.site.serve import serve
from pipeline.site.server import Preview
from tests.site.conftest import CONFIG, Site

DEADLINE = 30


class Served:
    def __init__(self, site: Site, **options: object) -> None:
        self.site = site
        self.builds: queue.Queue[BuildReport | PipelineError] = queue.Queue()
        self.stop = threading.Event()
        self._addresses: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(
            target=serve,
            args=(site.settings,),
            kwargs={"port": 0, "ready": self._addresses.put, "built": self.builds.put, "stop": self.stop, **options},
        )
        self._thread.start()
        self.url = self._addresses.get(timeout=DEADLINE).replace("localhost", "127.0.0.1")
        self.first = self.builds.get(timeout=DEADLINE)

    def get(self, path: str, method: str = "GET") -> HTTPResponse:
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        return urllib.request.urlopen(request, timeout=DEADLINE)

    def save(self, path: Path, text: str) -> None:
        """As an editor does that writes beside the file and renames: there is no moment at which it is empty, which a
        build may meet. What waits does so where nobody watches.
        """
        waits = self.site.root / "waits"
        waits.write_text(text, encoding="utf-8")
        waits.replace(path)

    def configure(self, site: str) -> None:
        self.save(self.site.root / "pipeline.toml", CONFIG.format(site=site, locales=""))

    def next_build(self, until: Callable[[BuildReport | PipelineError], bool]) -> BuildReport | PipelineError:
        while not until(found := self.builds.get(timeout=DEADLINE)):
            pass
        return found

    def close(self) -> None:
        self.stop.set()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()


@pytest.fixture
def served(bilingual: Site) -> Iterator[Served]:
    running = Served(bilingual)
    yield running
    running.close()


def event(stream: HTTPResponse) -> str:
    deadline = time.monotonic() + DEADLINE
    while not (line := stream.readline().decode()).startswith("data:"):
        assert line
        assert time.monotonic() < deadline, "there is a sign of life, and no word of a build"
    return line.removeprefix("data:").strip()


def test_pages_and_files(served: Served) -> None:
    with served.get("/zh/posts/first/") as page:
        text = page.read().decode()
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert page.headers["Cache-Control"] == "no-store"
    assert "第一篇" in text
    assert '<script src="/_pipeline/reload.js"></script></body>' in text
    assert f'href="{served.url.replace("127.0.0.1", "localhost")}/zh/posts/first/"' in text
    with served.get("/posts/first") as page:
        assert page.url.endswith("/posts/first/")
    for path, kind in {
        "/atom.xml": "application/xml; charset=utf-8",
        "/images/logo.svg": "image/svg+xml",
        "/posts/second/dot.png": "image/png",
        "/robots.txt": "text/plain; charset=utf-8",
    }.items():
        with served.get(path) as file, served.get(path, "HEAD") as head:
            assert file.headers["Content-Type"] == kind
            assert len(file.read()) == int(head.headers["Content-Length"]) > 0
            assert head.read() == b""
    assert "reload.js" not in (served.site.root / ".pipeline/preview/index.html").read_text()
    assert not served.site.public.exists()


@pytest.mark.parametrize(("path", "words"), [("/none/", "This page does not exist"), ("/zh/x", "找不到这个页面")])
def test_the_nearest_404(served: Served, path: str, words: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        served.get(path)
    assert caught.value.code == 404
    assert words in caught.value.read().decode()


@pytest.mark.parametrize(
    "path", ["/../pipeline.toml", "/%2e%2e/%2e%2e/pipeline.toml", "//etc/passwd", "/..%2f..%2fpipeline.toml"]
)
def test_nothing_outside_the_site_is_answered(served: Served, path: str) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=DEADLINE) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.split()[1] == b"404"
    assert b"base_url" not in answer


def test_a_save_reloads_the_page(served: Served) -> None:
    with served.get("/_pipeline/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        first = event(stream)
        about = served.site.root / "content/en/about.md"
        served.save(about, about.read_text().replace("Me.", "Myself."))
        assert event(stream) != first
    with served.get("/about/") as page:
        assert "Myself." in page.read().decode()


def test_a_mistake_is_shown_until_it_is_mended(served: Served) -> None:
    broken = served.site.write("theme/post.html", "\n{{ nothing }}")
    failure = served.next_build(lambda found: isinstance(found, PipelineError))
    assert isinstance(failure, BuildError)
    with pytest.raises(urllib.error.HTTPError) as caught:
        served.get("/about/")
    assert caught.value.code == 500
    text = caught.value.read().decode()
    assert f"{broken}:2" in text
    assert "&#x27;nothing&#x27; is undefined" in text
    assert "reload.js" in text
    broken.unlink()
    served.next_build(lambda found: isinstance(found, BuildReport))
    with served.get("/about/") as page:
        assert page.status == 200


def test_pages_are_held_to_the_policy_of_the_published_site(served: Served) -> None:
    with served.get("/") as page:
        assert page.headers["Content-Security-Policy"] == POLICY
    served.configure(site='allow = { frame-src = "https://player.example.org" }')
    served.next_build(lambda found: isinstance(found, BuildReport))
    with served.get("/") as page:
        assert page.headers["Content-Security-Policy"] == f"{POLICY}; frame-src https://player.example.org"


def test_warnings_are_shown_until_they_are_mended(served: Served) -> None:
    post = served.site.post("en/posts/wrong.md", "One.\n\n[a](<nowhere>)\n", date="2026-13-01")
    served.next_build(lambda found: isinstance(found, BuildReport) and bool(found.warnings))
    with served.get("/about/") as page:
        text = page.read().decode()
    assert f"{post}:3" in text
    assert "1 warning<" in text
    post.write_text(post.read_text().replace("2026-13-01", "2026-01-01"))
    served.next_build(lambda found: isinstance(found, BuildReport) and "nowhere" in str(found.warnings))
    with served.get("/posts/wrong/") as page:
        assert f"{post}:7" in page.read().decode()
    post.write_text(post.read_text().replace("<nowhere>", "/"))
    served.next_build(lambda found: isinstance(found, BuildReport) and not found.warnings)
    with served.get("/posts/wrong/") as page:
        assert "<summary" not in page.read().decode()


def test_the_configuration_is_read_again(served: Served) -> None:
    served.configure(site='untranslated = "nonsense"')
    failure = served.next_build(lambda found: isinstance(found, PipelineError))
    assert "untranslated" in str(failure)
    served.configure(site='untranslated = "hide"')
    served.next_build(lambda found: isinstance(found, BuildReport) and found.removed > 0)
    with pytest.raises(urllib.error.HTTPError):
        served.get("/zh/posts/second/")


def test_a_port_that_is_taken(bilingual: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BuildError, match=f"port {port} is taken") as caught:
            serve(bilingual.settings, port=port)
    assert "--port" in caught.value.remedy


def test_an_open_page_does_not_hold_up_the_end(tmp_path: os.PathLike[str]) -> None:
    preview = Preview(tmp_path, 0)  # type: ignore[arg-type]
    preview.start()
    with urllib.request.urlopen(f"{preview.url.replace('localhost', '127.0.0.1')}/_pipeline/events", timeout=DEADLINE):
        preview.close()


def test_ctrl_c_ends_it_cleanly(bilingual: Site) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.config import load; from pipeline.site.serve import serve\n"
        "serve(load(Path(sys.argv[1])), port=0, ready=lambda url: print(url, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(bilingual.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://localhost:")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_name_that_is_not_this_machines_is_not_answered(served: Served) -> None:
    host = served.url.removeprefix("http://").partition(":")[2]
    for name, status in {"localhost": 200, "127.0.0.1": 200, "[::1]": 200, "evil.example": 421}.items():
        request = urllib.request.Request(f"{served.url}/", headers={"Host": f"{name}:{host}"})
        try:
            found = urllib.request.urlopen(request, timeout=DEADLINE).status
        except urllib.error.HTTPError as error:
            with error:
                found = error.status
        assert found == status, name
