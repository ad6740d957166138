import pytest

from pipeline.publishing.headers import cache_control, content_type, is_fingerprinted

YEAR = "public, max-age=31536000, immutable"
PAGE = "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("A/B.HTML", "text/html; charset=utf-8"),
        ("app.css", "text/css; charset=utf-8"),
        ("app.mjs", "text/javascript; charset=utf-8"),
        ("app.js.map", "application/json; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.rss", "application/rss+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("site.webmanifest", "application/manifest+json; charset=utf-8"),
        ("post.md", "text/markdown; charset=utf-8"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.webp", "image/webp"),
        ("a.avif", "image/avif"),
        ("a.woff2", "font/woff2"),
        ("a.ttf", "font/ttf"),
        ("a.wasm", "application/wasm"),
        ("main.ts", "text/plain; charset=utf-8"),
        (".well-known/apple-app-site-association", "application/json; charset=utf-8"),
        ("CNAME", "application/octet-stream"),
        ("dir.html/file", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_types_come_from_our_own_table(path: str, expected: str) -> None:
    assert content_type(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("css/app.0a1b2c3d.css", YEAR),
        ("app.0a1b2c3d4e5f.css.map", YEAR),
        ("img/a.deadbeefdeadbeef.png", YEAR),
        ("search/en.c0ffee00.json", YEAR),
        ("index.html", PAGE),
        ("notes.deadbeef.html", PAGE),
        ("app.css", PAGE),
        ("feed.xml", PAGE),
        ("search.json", PAGE),
        ("report.20240101.pdf", "public, max-age=3600"),
        ("photo.jpg", "public, max-age=3600"),
        (".deadbeef.png", "public, max-age=3600"),
    ],
)
def test_cache_control_is_by_kind(path: str, expected: str) -> None:
    assert cache_control(path) == expected


def test_a_short_or_upper_case_part_is_no_fingerprint() -> None:
    assert not is_fingerprinted("app.abc.css")
    assert not is_fingerprinted("app.DEADBEEF.css")
    assert not is_fingerprinted("jquery.3.7.1.js")
