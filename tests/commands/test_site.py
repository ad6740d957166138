"""build, serve, publish, doctor."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from pipeline.publishing.local import LocalStore


def test_build_says_what_it_did(translated):
    done = translated.ok("build")
    assert re.fullmatch(r"\d+ pages in public: \d+ files written, 0 unchanged, 0 removed, in \d+\.\d s\n", done.out), (
        done.out
    )
    assert done.err == "Next: pipeline publish\n"
    assert re.search(r": 0 files written, \d+ unchanged, 0 removed", translated.ok("build").out)


def test_build_as_json_has_the_agreed_shape(translated):
    report = translated.ok("build", "--json").json
    assert list(report) == ["pages", "written", "unchanged", "removed", "seconds"]
    assert report["pages"] > 3
    assert translated.ok("build", "--json").json["written"] == 0


def test_build_elsewhere_and_for_another_address(translated):
    done = translated.ok("build", "--out", "preview", "--base-url", "http://localhost:1234", "--drafts")
    assert "pages in preview:" in done.out
    assert done.err == ""
    assert "http://localhost:1234/" in translated.read("preview/sitemap.xml")
    assert not (translated.root / "public").exists()


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://", "https://example.org/?q"])
def test_build_for_something_that_is_no_address(translated, url):
    done = translated.run("build", "--base-url", url)
    assert done.code == 2
    assert "absolute http(s) address" in done.err


def test_a_broken_link_is_a_warning_and_needs_a_person(translated):
    translated.write("content/en/about.md", "Text\n\n[where](nowhere.md)\n")
    done = translated.run("build", "--json")
    assert done.code == 3
    assert done.err.startswith("Warning: content/en/about.md:3: ")
    assert done.json["pages"]
    assert (translated.root / "public/about/index.html").is_file()


def test_an_unreadable_post_is_an_error_and_the_others_are_built(translated):
    translated.ok("build")
    page = translated.read("public/posts/hello/index.html")
    translated.write("content/en/posts/hello.md", b"---\ntitle: \xff\n---\n")
    translated.write("content/en/new.md", "New\n")
    done = translated.run("build")
    assert done.code == 1
    assert (
        done.err
        == "Error: content/en/posts/hello.md:2: is not UTF-8: byte 0xff at offset 11. Save the file as UTF-8.\n"
    )
    assert translated.read("public/posts/hello/index.html") == page
    assert (translated.root / "public/new/index.html").is_file()


def test_publish_to_a_directory(translated):
    translated.ok("build")
    planned = translated.ok("publish", "--dry-run")
    assert planned.out.startswith("action  reason  path\n")
    assert re.search("^upload +new +index.html$", planned.out, re.MULTILINE)
    assert re.search(r"^published: \d+ would be uploaded, 0 would be deleted, 0 unchanged; ", planned.out, re.MULTILINE)
    assert not (translated.root / "published/index.html").exists()
    done = translated.ok("publish")
    assert re.search(r"^published: \d+ uploaded, 0 deleted, 0 unchanged; .*; release \S+$", done.out, re.MULTILINE)
    assert (translated.root / "published/zh/posts/hello/index.html").is_file()
    assert translated.ok("publish").out.count("\n") == 1


def test_publish_as_json_has_the_agreed_shape(translated):
    translated.ok("build")
    first = translated.ok("publish", "--json").json
    assert list(first) == ["uploaded", "unchanged", "deleted", "requests", "release"]
    again = translated.ok("publish", "--json").json
    assert (again["uploaded"], again["unchanged"], again["release"]) == (0, first["uploaded"], first["release"])


def test_publish_to_a_store_of_its_own_until_ctrl_c(translated):
    translated.ok("build")
    planned = translated.run("publish", "--local", "--dry-run")
    assert (planned.code, planned.err) == (0, "")
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "publish", "--local", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        url = re.search(r"http://\S+/blog/", process.stderr.readline())[0]
        with urllib.request.urlopen(f"{url}zh/posts/hello/") as page:
            assert page.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert json.loads(out)["uploaded"] > 5
    finally:
        process.kill()
        process.wait()
    assert not (translated.root / "published").exists()


def test_publish_keeps_as_many_releases_as_it_is_told(translated):
    for number in range(3):
        translated.write("content/en/about.md", f"Text {number}\n")
        translated.ok("build")
        translated.ok("publish", "--keep", "1")
    assert len(translated.ok("releases", "--json").json["releases"]) == 2


def test_publish_before_the_first_build(translated):
    done = translated.run("publish")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: public: there is no built site here")
    assert "Build the site first, with `pipeline build`." in done.err


def test_publish_without_a_target(translated, configured):
    translated.ok("build")
    configured('target = "published"', "")
    assert "Next: pipeline serve" in translated.ok("build").err
    done = translated.run("publish")
    assert done.code == 1
    assert "`target` is not set" in done.err


def test_publish_takes_most_of_the_site_away_only_when_told_to(translated):
    for number in range(20):
        translated.write(f"content/en/posts/p{number}.md", "Text\n")
    translated.ok("build")
    translated.ok("publish")
    for number in range(20):
        (translated.root / f"content/en/posts/p{number}.md").unlink()
    translated.ok("build")
    done = translated.run("publish")
    assert done.code == 1
    assert "--allow-deletions" in done.err
    assert (translated.root / "published/posts/p0/index.html").is_file()
    assert "deleted" in translated.ok("publish", "--allow-deletions").out
    assert not (translated.root / "published/posts/p0/index.html").exists()


def test_a_store_out_of_reach_is_one_clear_error(translated, configured):
    configured('target = "published"', 'target = "s3://bucket"\nendpoint_url = "http://127.0.0.1:9"')
    translated.ok("build")
    done = translated.spawn("publish")
    assert (done.code, done.out) == (1, "")
    assert re.match(r"Error: .*127\.0\.0\.1:9", done.err)
    assert "Traceback" not in done.err


def findings(site):
    return {(row["check"], row["fine"]): row["says"] for row in site.run("doctor", "--json").json["checks"]}


def test_doctor_of_a_healthy_site(translated):
    done = translated.ok("doctor")
    assert all(line.startswith("ok    ") for line in done.out.splitlines())
    assert {check for check, _ in findings(translated)} == {
        "configuration",
        "posts",
        "glossary",
        "engine pseudo",
        "target",
        "target's release",
    }
    assert not (translated.root / "published").exists()


@pytest.mark.parametrize(
    ("old", "new", "check", "says"),
    [
        ('title = "Test"', 'titel = "Test"', "configuration", "pipeline.toml:2: [site] has no key `titel`"),
        ('engine = "pseudo"', 'engine = "gogle"', "engine gogle", "Did you mean `google`?"),
        ('target = "published"', 'target = "ftp://x"', "target", "`ftp://` is not known"),
        ('target = "published"', 'target = ""', "target", "`target` is not set"),
        ('target = "published"', 'target = "public"', "target", "holds the built site"),
    ],
)
def test_doctor_says_what_to_mend(site, configured, old, new, check, says):
    configured(old, new)
    assert site.run("doctor").code == 1
    assert says in findings(site)[check, False]
    assert re.search(rf"^MEND  {check}: ", site.run("doctor").out, re.MULTILINE)


def test_doctor_of_a_key_that_is_not_set(site, configured, monkeypatch):
    lines = '[engines.ours]\nkind = "libretranslate"\nurl = "http://127.0.0.1:9"\napi_key_env = "OUR_KEY"\n\n[publish]'
    configured("[publish]", lines)
    configured('engine = "pseudo"', 'engine = "ours"')
    assert "OUR_KEY" in findings(site)["engine ours", False]
    monkeypatch.setenv("OUR_KEY", "s3cret")
    assert site.ok("doctor").out.count("s3cret") == 0


def test_doctor_tries_the_bucket(site, configured):
    with LocalStore() as store:
        configured('target = "published"', f'target = "s3://site/blog"\nendpoint_url = "{store.endpoint_url}"')
        found = findings(site)
        assert all(fine for _, fine in found)
        named = {check.removeprefix("target's ") for check, _ in found if check.startswith("target's ")}
        assert named == {"region", "writing", "conditional writes", "versioning", "public access", "website", "release"}
        configured("s3://site/blog", "s3://another/blog")
        assert "no such bucket" in findings(site)["target", False]
        assert site.run("doctor").code == 1


def test_doctor_of_a_directory_that_cannot_be_written(site, configured):
    site.write("file", "no directory")
    configured('target = "published"', 'target = "file/www"')
    assert "cannot be written to" in findings(site)["target", False]


def test_doctor_of_posts_and_terms_that_cannot_be_read(site):
    site.write("content/en/bad.md", b"\xff")
    site.write("glossary.csv", "no header\n")
    found = findings(site)
    assert "content/en/bad.md:1" in found["posts", False]
    assert "glossary.csv:1" in found["glossary", False]


def test_doctor_of_nothing(empty):
    done = empty.run("doctor")
    assert done.code == 1
    assert "pipeline init" in done.out


@pytest.mark.parametrize("port", ["x", "-1", "65536", "99999"])
def test_serve_on_a_port_that_is_none(site, port):
    done = site.run("serve", "--port", port)
    assert done.code == 2
    assert "--port" in done.err


def test_serve_shows_the_site_until_ctrl_c(site):
    site.write("content/en/about.md", "Text\n\n[where](nowhere.md)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        english, chinese = process.stdout.readline().split(), process.stdout.readline().split()
        assert (english[1], chinese[1]) == ("English", "简体中文")
        assert chinese[0] == f"{english[0]}zh/"
        for url in (english[0], chinese[0]):
            with urllib.request.urlopen(url, timeout=20) as answer:
                assert answer.status == 200
        said = []
        while "Ctrl-C ends it." not in (said or [""])[-1]:  # which it says last
            said.append(process.stderr.readline())
            assert said[-1], said
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "Warning: content/en/about.md:3: " in "".join(said)
    assert "Traceback" not in "".join(said) + err


def test_serve_on_a_port_that_is_taken(site):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = site.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "is taken by another program. Name another with --port." in done.err


def test_a_build_on_a_terminal_shows_how_far_it_is(translated):
    terminal, other = os.openpty()
    command = [sys.executable, "-m", "pipeline", "--root", str(translated.root), "build"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")}
    environment |= {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=other, stderr=other, env=environment) as process:
        os.close(other)
        shown = b""
        while True:
            try:
                shown += os.read(terminal, 4096)
            except OSError:  # it has ended
                break
    os.close(terminal)
    assert process.returncode == 0, shown
    assert "articles and pages" in shown.decode()
    assert " pages in public" in shown.decode()
