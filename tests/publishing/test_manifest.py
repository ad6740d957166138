from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PublishError
from pipeline.publishing.manifest import Entry, Manifest, Past, Release, Retired, Stamp
from pipeline.publishing.paths import fault_of
from pipeline.publishing.wire import UntrustedManifestError, parse_manifest, release_id, to_bytes

ENTRY = Entry("ab" * 32, 3, "text/html; charset=utf-8", "public, max-age=0")
ENTRIES = st.builds(
    Entry,
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.integers(0, 2**50),
    st.sampled_from(["text/html; charset=utf-8", "image/png"]),
    st.sampled_from(["public", ""]),
    st.sampled_from(["", "gzip"]),
    st.sampled_from(["", "/new/"]),
    st.sampled_from([(), (("content-language", "zh"), ("expires", "0"))]),
)
PATHS = st.text(min_size=1, max_size=30).filter(lambda path: not fault_of(path))
TEXTS = st.text(st.characters(codec="utf-8"))
STAMPS = st.builds(Stamp, TEXTS, TEXTS)


def stamped(manifest: Manifest) -> Manifest:
    """Only with stamps that say something of what it holds."""
    of = {*manifest.objects, *manifest.retired}
    return replace(
        manifest, stamps={path: stamp for path, stamp in manifest.stamps.items() if path in of and stamp != Stamp()}
    )


MOMENTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
PASTS = st.builds(Past, ENTRIES, STAMPS, st.booleans())
RELEASES = st.builds(
    Release, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0, 9), st.integers(0, 9),
    st.dictionaries(PATHS, st.none() | PASTS, max_size=3), TEXTS,
)  # fmt: skip
MANIFESTS = st.builds(
    Manifest, TEXTS, TEXTS, st.dictionaries(PATHS, ENTRIES, max_size=4), st.frozensets(PATHS, max_size=3),
    st.dictionaries(PATHS, STAMPS, max_size=3),
    st.dictionaries(PATHS, st.builds(Retired, ENTRIES, MOMENTS), max_size=3),
    st.lists(RELEASES, max_size=3).map(tuple), st.booleans(),
).map(stamped)  # fmt: skip


@given(MANIFESTS)
def test_what_is_written_is_read_back(manifest: Manifest) -> None:
    assert parse_manifest(to_bytes(manifest)) == manifest


@given(MANIFESTS, st.data())
def test_a_changed_byte_is_never_believed(manifest: Manifest, data: st.DataObject) -> None:
    whole = to_bytes(manifest)
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    with suppress(UntrustedManifestError, PublishError):
        assert parse_manifest(broken) == manifest  # another spelling of the same JSON


def test_a_changed_digest_is_never_believed() -> None:
    whole = to_bytes(Manifest(objects={"a": ENTRY}))
    assert parse_manifest(whole)
    with pytest.raises(UntrustedManifestError, match="checksum"):
        parse_manifest(whole.replace(b"abab", b"abac", 1))


@given(st.binary(max_size=200))
def test_anything_else_is_not_believed(data: bytes) -> None:
    with pytest.raises(UntrustedManifestError):
        parse_manifest(data)


@given(MANIFESTS)
def test_half_a_manifest_is_not_believed(manifest: Manifest) -> None:
    whole = to_bytes(manifest)
    with pytest.raises(UntrustedManifestError):
        parse_manifest(whole[: len(whole) // 2])


@pytest.mark.parametrize("path", ["../etc/passwd", "/etc/passwd", "a//b", "a/./b", "", ".pipeline/x", "a\nb", "a\\b"])
def test_a_dangerous_path_is_not_believed_under_any_checksum(path: str) -> None:
    for manifest in (Manifest(objects={path: ENTRY}), Manifest(unsettled=frozenset([path]))):
        with pytest.raises(UntrustedManifestError, match="malformed"):
            parse_manifest(to_bytes(manifest))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("xyz", 3, "a", "b"),
        Entry("AB" * 32, 3, "a", "b"),
        Entry("ab" * 32, -1, "a", "b"),
        Entry("ab" * 32, True, "a", "b"),
        Entry("ab" * 32, 1, "a\r\nSet-Cookie: b", "b"),
        Entry("ab" * 32, 1, 5, "b"),  # type: ignore[arg-type]
    ],
)
def test_a_malformed_entry_is_not_believed(entry: Entry) -> None:
    with pytest.raises(UntrustedManifestError, match="malformed"):
        parse_manifest(to_bytes(Manifest(objects={"a": entry})))


def test_another_programs_file_is_foreign() -> None:
    with pytest.raises(UntrustedManifestError, match="another program"):
        parse_manifest(b'{"version": 1, "objects": {}}')


def test_a_newer_version_is_an_error_and_not_a_ruin() -> None:
    with pytest.raises(PublishError, match="version 4"):
        parse_manifest(to_bytes(Manifest()).replace(b'"version":3', b'"version":4'))


def test_a_manifest_that_does_not_say_what_its_releases_were_made_from_is_read() -> None:
    """Older versions of this program wrote none."""
    written = to_bytes(Manifest(releases=(Release("r", "p"), Release("s", "q", made_from="text"))))
    assert written.count(b'"made_from"') == 1
    first, last = parse_manifest(written).releases
    assert (first.made_from, last.made_from) == ("", "text")


def test_a_release_is_named_by_time_and_content() -> None:
    now = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
    one, two = release_id({"a": ENTRY}, now), release_id({"b": ENTRY}, now)
    assert one.startswith("20261123T040506Z-")
    assert one != two
    assert one == release_id({"a": ENTRY}, now)


def test_the_manifest_of_a_large_site_stays_small(tmp_path: Path) -> None:
    objects = {f"posts/a-post-with-a-longish-name-{n}/index.html": ENTRY for n in range(1000)}
    stamps = dict.fromkeys(objects, Stamp('"0123456789abcdef0123456789abcdef"'))
    assert len(to_bytes(Manifest(objects=objects, stamps=stamps))) < 190 * 1000


@given(MANIFESTS)
def test_it_is_json(manifest: Manifest) -> None:
    assert set(json.loads(to_bytes(manifest))["objects"]) == set(manifest.objects)


def test_what_is_known_already_is_in_memory_once() -> None:
    alike = {"a": ENTRY, "b": replace(ENTRY, size=4)}
    found = parse_manifest(to_bytes(Manifest(objects={"a": replace(ENTRY), "b": ENTRY})), alike=alike).objects
    assert found["a"] is ENTRY
    assert found["b"] == ENTRY


def test_a_large_site_fits_into_memory() -> None:
    number = 5000
    objects = {f"posts/{n:05}/index.html": replace(ENTRY, sha256=f"{n:064x}") for n in range(number)}
    manifest = Manifest(objects=objects, stamps={path: Stamp(f'"{at:032x}"') for at, path in enumerate(objects)})
    tracemalloc.start()
    try:
        assert parse_manifest(to_bytes(manifest), alike=objects) == manifest
        assert tracemalloc.get_traced_memory()[1] / number < 600
    finally:
        tracemalloc.stop()
