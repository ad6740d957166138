"""Images of posts in smaller sizes and newer formats."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw, features

from pipeline.errors import BuildError
from pipeline.site import images
from tests.site.conftest import Site
from tests.site.links import broken_links, document

FORMATS = ["image/avif", "image/webp"] if features.check("avif") else ["image/webp"]


def photo(size: tuple[int, int], kind: str = "JPEG", **options: object) -> bytes:
    """Something with many colours."""
    image = Image.merge("RGB", [Image.radial_gradient("L").resize(size).rotate(30 * turn) for turn in range(3)])
    image.paste(Image.effect_noise((size[0] // 2, size[1] // 2), 40), (10, 10))
    out = BytesIO()
    image.save(out, kind, **({"quality": 95} if kind == "JPEG" else {}), **options)
    return out.getvalue()


def test_the_names_of_images_in_a_text() -> None:
    text = "A ![](a/b.png) and x.JPG,y.jpeg z.webp2\r\n<img src='大图.webp'>\u2028c%20d.png.png.md\n.png e.jpg"
    assert images.image_names(text) == {"b.png", "x.JPG,y.jpeg", "大图.webp", "c d.png.png", "e.jpg"}


def test_a_photograph_in_smaller_sizes(site: Site) -> None:
    site.configure("image_widths = [160, 320]")
    site.post("en/posts/a/index.md", "One.\n\n![First](大图.jpg)\n\n![Again](大图.jpg)\n")
    site.write("content/en/posts/a/大图.jpg", photo((500, 300)))
    assert not site.build().warnings
    page = document(site.public / "posts/a/index.html")
    assert [source["type"] for source in page.all("source")] == FORMATS * 2
    for source in page.all("source")[: len(FORMATS)]:
        choices = [choice.split() for choice in source["srcset"].split(", ")]
        assert [width for _, width in choices] == ["160w", "320w"]
        assert source["sizes"]
        for (address, _), size in zip(choices, [(160, 96), (320, 192)], strict=True):
            with Image.open(site.public / images.unquote(address).lstrip("/")) as image:
                assert image.size == size
                assert image.get_format_mimetype() == source["type"]
    first, again = page.all("img")
    assert (first["src"], first["width"], first["height"]) == ("/posts/a/%E5%A4%A7%E5%9B%BE.jpg", "500", "300")
    assert "loading" not in first
    assert again["loading"] == "lazy"
    assert not broken_links(site.public, "https://example.org")
    assert "<picture>" not in (site.public / "atom.xml").read_text()


def test_versions_are_made_once_and_go_with_their_post(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    post = site.post("en/posts/a.md", "![A](/img/a.png)\n")
    site.post("en/posts/b.md", "Text.\n")
    site.write("static/img/a.png", photo((300, 200), "PNG"))
    site.build()
    before = site.files()
    assert [path for path in before if path.startswith("assets/a-300.")]
    with monkeypatch.context() as patch:
        patch.setattr(images, "_make", None)
        site.build()
    assert site.files() == before
    post.unlink()
    site.build()
    assert not [path for path in site.files() if path.startswith("assets/a-300.")]


def test_versions_are_the_same_however_many_processors_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    data = photo((1200, 800))
    made = []
    for processors in (1, 4):
        monkeypatch.setattr("PIL.AvifImagePlugin.DEFAULT_MAX_THREADS", processors)
        made.append(images._make(data, (600, 1200)))
    assert made[0] == made[1]


def test_a_photograph_that_lies_on_its_side(site: Site) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    site.post("en/posts/a.md", "![A](/a.jpg)\n")
    site.write("static/a.jpg", photo((400, 300), exif=exif))
    site.build()
    page = document(site.public / "posts/a/index.html")
    assert (page.all("img")[0]["width"], page.all("img")[0]["height"]) == ("300", "400")
    address = page.all("source")[0]["srcset"].split()[0]
    with Image.open(site.public / address.lstrip("/")) as image:
        assert image.size == (300, 400)
        assert not image.getexif()


def test_a_drawing_keeps_its_transparency(site: Site) -> None:
    image = Image.new("RGBA", (600, 300))
    ImageDraw.Draw(image).ellipse((20, 20, 500, 280), fill=(200, 30, 20, 255))
    image = image.quantize(16)
    out = BytesIO()
    image.save(out, "PNG", compress_level=0)
    site.post("en/posts/a.md", "![A](/a.png)\n")
    site.write("static/a.png", out.getvalue())
    site.build()
    page = document(site.public / "posts/a/index.html")
    address = page.all("source", type="image/webp")[0]["srcset"].split(", ")[-1].split()[0]
    with Image.open(site.public / address.lstrip("/")) as made:
        assert made.mode == "RGBA"
        assert made.getpixel((0, 0))[3] == 0
        assert made.getpixel((260, 150))[:3] == pytest.approx((200, 30, 20), abs=6)


@pytest.mark.parametrize("name", ["a.svg", "a.gif", "small.png", "moving.png"])
def test_what_stays_as_it_is(site: Site, name: str) -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    out = BytesIO()
    if name == "moving.png":
        frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    elif name == "a.gif":
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    elif name == "small.png":
        frames[0].resize((40, 30)).save(out, "PNG")
    site.write(f"static/{name}", out.getvalue() or b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="9"/>')
    site.post("en/posts/a.md", f"![A](/{name})\n")
    assert not site.build().warnings
    page = document(site.public / "posts/a/index.html")
    assert not page.all("picture")
    assert page.all("img")[0]["width"] in {"400", "40"}


def test_none_are_made_where_none_are_wanted(site: Site) -> None:
    site.configure("image_widths = []")
    site.post("en/posts/a.md", "![A](/a.jpg)\n")
    site.write("static/a.jpg", photo((400, 300)))
    site.build()
    page = document(site.public / "posts/a/index.html")
    assert not page.all("picture")
    assert page.all("img")[0]["width"] == "400"
    assert not (site.root / ".pipeline/images").exists()


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be large."""
    data = bytearray(photo((300, 300), "PNG"))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut.jpg", photo((400, 300))[:4000], "cannot be read"),
        ("cut.png", photo((400, 300), "PNG")[:4000], "cannot be read"),
        ("text.png", b"not an image", "cannot be read"),
        ("empty.webp", b"", "cannot be read"),
        ("bomb.png", bomb(60_000, 60_000), "too large: 60000 × 60000"),
        ("bomb.jpg", bomb(30_000, 30_000), "too large"),
    ],
)
def test_an_image_that_cannot_be_used(site: Site, name: str, data: bytes, words: str) -> None:
    path = site.post("en/posts/a.md", f"One.\n\n![A](/{name})\n")
    site.write(f"static/{name}", data)
    (warning,) = site.build().warnings
    assert isinstance(warning, BuildError)
    assert (warning.path, warning.line) == (path, 6)
    assert words in warning.message
    assert warning.remedy
    assert f'<img src="/{name}"' in site.html("posts/a")
    assert "<picture>" not in site.html("posts/a")
    (again,) = site.build().warnings
    assert str(again) == str(warning)


def test_what_is_kept_may_be_deleted_or_broken(site: Site) -> None:
    site.post("en/posts/a.md", "![A](/a.png)\n")
    site.write("static/a.png", photo((300, 200), "PNG"))
    site.build()
    before = {path: data for path, (_, data) in site.files().items()}
    for file in (site.root / ".pipeline/images").iterdir():
        if file.suffix == ".json":
            file.write_text("[")
        else:
            file.unlink()
    site.build()
    assert {path: data for path, (_, data) in site.files().items()} == before
