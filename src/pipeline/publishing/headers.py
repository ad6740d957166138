"""The headers of a file by its name: content type from our own table, cache control by kind."""

from __future__ import annotations

import re

__all__ = ["cache_control", "content_type", "is_fingerprinted", "is_page"]

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, max-age=0, must-revalidate"
AN_HOUR = "public, max-age=3600"

# Python's mimetypes knows few of these without a system table, and differs between machines where there is one.
_TEXT = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs cjs",
    "text/plain": "txt text log asc c h cc cpp cxx hpp cs cu go java kt lua php pl py r rb rs sh bash sql swift"
    " ts tsx jsx toml ini cfg conf diff patch tex bib srt proto",
    "text/markdown": "md markdown",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "text/vtt": "vtt",
    "text/xsl": "xsl xslt",
    "application/json": "json map ipynb",
    "application/ld+json": "jsonld",
    "application/geo+json": "geojson",
    "application/manifest+json": "webmanifest",
    "application/feed+json": "jsonfeed",
    "application/yaml": "yaml yml",
    "application/xml": "xml",
    "application/xhtml+xml": "xhtml",
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/gpx+xml": "gpx",
    "image/svg+xml": "svg",
}
_BINARY = {
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/jxl": "jxl",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tif tiff",
    "image/vnd.microsoft.icon": "ico",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "font/collection": "ttc",
    "application/vnd.ms-fontobject": "eot",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/zstd": "zst",
    "application/x-tar": "tar",
    "application/x-bzip2": "bz2",
    "application/x-xz": "xz",
    "application/x-7z-compressed": "7z",
    "application/wasm": "wasm",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_TYPES = {suffix: f"{name}; charset=utf-8" for name, suffixes in _TEXT.items() for suffix in suffixes.split()} | {
    suffix: name for name, suffixes in _BINARY.items() for suffix in suffixes.split()
}
_NAMES = {"apple-app-site-association": "application/json; charset=utf-8"}
_REVALIDATED = {"css", "js", "mjs", "json", "map", "webmanifest", "xml", "rss", "atom", "txt", "xsl"}

# A date such as `report.20240101.pdf` is hex too: a digest is taken for one only if it holds a letter.
_FINGERPRINT = re.compile(r"[^/]\.(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?:\.[A-Za-z0-9]+){1,2}$")


def content_type(path: str) -> str:
    """The Content-Type of a file; text has `charset=utf-8`, an unknown suffix is `application/octet-stream`."""
    return _NAMES.get(path.rpartition("/")[2]) or _TYPES.get(_suffix(path), "application/octet-stream")


def is_page(path: str) -> bool:
    """Whether a reader's browser shows this file as a page."""
    return _suffix(path) in {"html", "htm", "xhtml"}


def is_fingerprinted(path: str) -> bool:
    """Whether the name holds a digest of the content (`name.<hex>.ext`), so that the content never changes."""
    return not is_page(path) and _FINGERPRINT.search(path) is not None


def cache_control(path: str) -> str:
    """A year for fingerprinted files; pages, scripts, styles and feeds are revalidated; an hour for the rest."""
    if is_fingerprinted(path):
        return IMMUTABLE
    if is_page(path) or _suffix(path) in _REVALIDATED:
        return REVALIDATE
    return AN_HOUR


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2].lstrip(".")
    return name.rpartition(".")[2].lower() if "." in name else ""
