"""Whatever names, slugs, aliases, addresses and links say: nothing outside the tree is read or written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.errors import BuildError, PipelineError
from tests.site.conftest import Site
from tests.site.links import broken_links

ODD = [
    "..",
    "../../x",
    "/etc/x",
    "//host/x",
    "%2e%2e",
    "%2e%2e/%2e%2e/x",
    "%2E%2E%2F%2E%2E%2Fx",
    "..%2f..%2fx",
    "%252e%252e/x",
    "..\\\\..\\\\x",
    "C:\\\\x",
    "c:x",
    "．．/．．/x",
    "‥/x",
    "\u202e../x",
    "\u2024\u2024/x",
    "a\u200b/../../x",
    "~/x",
    "con",
    "$(x)",
    "{{x}}",
]


@pytest.fixture
def outside(site: Site) -> dict[Path, bytes]:
    """Files around the checkout, as they are before."""
    around = site.root.parent
    (around / "x").mkdir(exist_ok=True)
    (around / "x" / "index.html").write_text("precious")
    return everything(site)


def everything(site: Site) -> dict[Path, bytes]:
    """All that is beside the checkout, and in it but the site itself."""
    places = [path for path in site.root.parent.rglob("*") if path.is_file()]
    ours = [site.public, site.root / ".pipeline", site.root / "content", site.root / "pipeline.toml"]
    return {path: path.read_bytes() for path in places if not any(path.is_relative_to(one) for one in ours)}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    root = tmp_path / "checkout"
    root.mkdir()
    return Site(root)


@pytest.mark.parametrize("name", ODD)
def test_a_slug(site: Site, outside: dict[Path, bytes], name: str) -> None:
    site.post("en/posts/a.md", slug=f'"{name}"')
    try:
        site.build()
    except PipelineError as error:
        assert error.remedy  # noqa: PT017 (either answer is right)
    else:
        assert not broken_links(site.public, "https://example.org")
        made = [path.parent for path in site.public.rglob("index.md")]
        assert all(path.resolve().parent.name in {"posts", "public"} for path in made)
    assert everything(site) == outside


@pytest.mark.parametrize("field", ["aliases", "categories", "tags", "series"])
def test_names_in_the_front_matter(site: Site, outside: dict[Path, bytes], field: str) -> None:
    listed = ", ".join(f'"{name}"' for name in ODD)
    site.post("en/posts/a.md", **{field: f"[{listed}]"})
    site.build()
    assert not broken_links(site.public, "https://example.org")
    assert everything(site) == outside


def test_addresses_in_a_post(site: Site, outside: dict[Path, bytes]) -> None:
    (site.root.parent / "secret.png").write_bytes(b"secret")
    forms = [f'![a](<{name}/../secret.png>)\n\n{{{{< figure src="{name}/secret.png" >}}}}' for name in ODD]
    site.post("en/posts/a.md", "\n\n".join(forms))
    site.build()
    assert not [path for path in site.public.rglob("*") if path.is_file() and path.read_bytes() == b"secret"]
    assert everything(site).keys() - outside.keys() == {site.root.parent / "secret.png"}


@pytest.mark.parametrize("place", ["en/posts/leak.md", "en/posts/dir", "zh/posts/leak.md", "zh/.source/posts/leak.md"])
def test_a_post_that_is_a_link_out_of_the_tree(site: Site, tmp_path: Path, place: str) -> None:
    secret = tmp_path / "home"
    secret.mkdir()
    (secret / "leak.md").write_text("---\ntitle: Leak\n---\nThe secret word.\n")
    site.post("en/posts/a.md")
    if place.startswith("zh"):
        site.post("en/posts/leak.md", "Mine.\n", title="Leak")
        site.translated("posts/leak.md", "我的。\n", english="---\ntitle: Leak\n---\nOld.\n")
    link = site.root / "content" / place
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(secret if place.endswith("dir") else secret / "leak.md")
    warnings = site.build().warnings
    assert any("out of the tree" in warning.message and warning.remedy for warning in warnings)
    assert not [path for path in site.public.rglob("*") if path.is_file() and b"secret word" in path.read_bytes()]


def test_a_link_inside_the_content_is_followed_and_one_to_the_rest_of_the_checkout_is_not(site: Site) -> None:
    site.post("en/posts/one.md", title="Shared")
    (site.root / "content/en/posts/two.md").symlink_to("one.md")
    site.write(".env", "KEY=secret word\n")
    (site.root / "content/en/posts/three.md").symlink_to(site.root / ".env")
    (warning,) = site.build().warnings
    assert str(warning.path).endswith("three.md")
    assert "Shared" in site.html("posts/two")
    assert not (site.public / "posts/three").exists()


@pytest.mark.parametrize("folder", ["static", "content/en/posts"])
def test_a_name_that_is_not_text(site: Site, folder: str) -> None:
    site.post("en/posts/a.md")
    (site.root / folder).mkdir(exist_ok=True)
    Path(os.fsdecode(os.fsencode(site.root / folder) + b"/caf\xe9.png")).write_bytes(b"\x89PNG")
    (warning,) = site.build().warnings
    assert (warning.path, warning.message) == (site.root / folder / r"caf\udce9.png", "has a name that is not text.")
    assert {path.name for path in site.public.rglob("*") if "caf" in path.name} == set()
    alien = Path(os.fsdecode(os.fsencode(site.public) + b"/caf\xe9.png"))
    alien.write_bytes(b"\x89PNG")
    site.build(checksum=True)
    assert not alien.exists()


def test_a_theme_file_whose_name_is_not_text(site: Site) -> None:
    site.post("en/posts/a.md")
    site.write("theme/assets/x.js", "1")
    Path(os.fsdecode(os.fsencode(site.root / "theme/assets") + b"/caf\xe9.png")).write_bytes(b"\x89PNG")
    with pytest.raises(BuildError, match=r"caf\\udce9.*is no name for a file of the site"):
        site.build()


def test_a_theme_may_be_a_link_and_its_templates_stay_in_it(site: Site) -> None:
    site.post("en/posts/a.md")
    site.write("secret.html", "the secret word")
    site.write("theme/post.html", '{% include "../secret.html" %}')
    with pytest.raises(PipelineError, match="secret"):
        site.build()


@pytest.mark.parametrize("pattern", ["/../:slug/", "/%2e%2e/:slug/", "/a/../../:slug/", "..\\\\:slug"])
def test_a_pattern_of_addresses(site: Site, outside: dict[Path, bytes], pattern: str) -> None:
    site.configure(site=f'permalinks = {{ posts = "{pattern}" }}')
    site.post("en/posts/a.md")
    try:
        load(site.root, env={})
        site.build()
    except PipelineError:
        pass
    assert everything(site) == outside
