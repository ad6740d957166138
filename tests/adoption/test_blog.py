"""A blog of the usual kind, adopted and then worked on."""

import base64

import pytest

from pipeline.site import build
from pipeline.translation import translate
from tests.adoption.old_site import CHINESE, ENGLISH, changed, post

SUMMARY = "categories: [{category}]\nsummary: {summary}\n"
NOTICE = ("## 等待被翻译", "非常抱歉，看起来这篇博文还没有被翻译成中文，请等待一段时间")
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
PICTURES = ("![a picture](/图/总览.png)", "![another](resources/步骤 1.png)".replace(" ", "%20"))


@pytest.fixture
def blog(adoption):
    """83 posts: 61 pairs, 15 without a Chinese text, 7 without an English one; some English edited since."""
    for number in range(83):
        slug = f"{('pytorch', 'csapp', 'tvm')[number % 3]}/post-{number}"
        english = (*changed(ENGLISH, p1=f"{ENGLISH[1]} This is number {number}."), *PICTURES)
        chinese = (*changed(CHINESE, p1=f"{CHINESE[1]} 这是第 {number} 篇。"), *PICTURES)
        front = SUMMARY.format(category=slug.split("/")[0], summary="{}")
        if number >= 76:
            english = ("## To be translated", "Oh Sorry!", "This blog has't been translated to English.", *chinese)
        elif number >= 61:
            chinese = (*NOTICE, *english)
        adoption.old.write(f"content/posts/{slug}/index.en.md", post(f"P {number}", *english, extra=front.format("En")))
        adoption.old.write(
            f"content/posts/{slug}/index.zh-cn.md", post(f"P {number}", *chinese, extra=front.format("概要"))
        )
        adoption.old.write(f"content/posts/{slug}/resources/步骤 1.png", PIXEL)
    adoption.old.write("static/图/总览.png", PIXEL)
    adoption.old.commit()
    for number in (0, 3, 6):
        path = adoption.old.root / f"content/posts/pytorch/post-{number}/index.en.md"
        path.write_text(path.read_text().replace("nothing in it but words", "nothing in it except for words"))
    adoption.old.commit()
    return adoption


def test_the_report_counts_it_all(blog):
    report = blog.run()
    assert (report.posts, len(report.adopted), len(report.missing)) == (76, 61, 15)
    assert len([entry for entry in report.left_out if entry.path.endswith(".md")]) == 14
    assert sorted(pair.post for pair in report.adopted if pair.behind) == [
        f"posts/pytorch/post-{number}" for number in (0, 3, 6)
    ]
    assert not report.doubtful
    assert sum(pair.aligned for pair in report.adopted) == sum(pair.segments for pair in report.adopted)
    states = [state.state for state in blog.states().values()]
    assert (states.count("current"), states.count("stale"), states.count("missing")) == (58, 3, 15)
    assert not report.problems


def test_the_site_that_is_built_has_its_pictures(blog):
    blog.run()
    report = build(blog.settings, out=blog.tmp_path / "public")
    assert not report.warnings
    assert (blog.tmp_path / "public/zh-cn/posts/csapp/post-1/index.html").is_file()
    assert (blog.tmp_path / "public/posts/csapp/post-1/resources/步骤 1.png").is_file()


def test_an_edit_costs_one_segment_and_no_reviewed_byte(blog):
    blog.run()
    (blog.root / "pipeline.toml").write_text(blog.read("pipeline.toml").replace('"google"', '"pseudo"'))
    before = blog.read("content/zh/posts/pytorch/post-0/index.md")
    report = translate(blog.settings, posts=["posts/pytorch/post-0"])
    counts = report.posts[0].counts
    assert counts.kept == counts.total - 1
    draft = blog.read("drafts/zh/posts/pytorch/post-0/index.md")
    for paragraph in before.split("\n\n"):
        if "只有历史" not in paragraph:
            assert paragraph in draft
