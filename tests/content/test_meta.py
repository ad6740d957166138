"""The fields that the pipeline understands."""

import datetime as dt

import pytest

from pipeline.content import read_front_matter
from pipeline.content.meta import Meta, read_meta
from pipeline.errors import ContentError


def meta(fields, fence="---"):
    text = f"{fence}\nfirst{':' if fence == '---' else ' ='} 1\n{fields}\n{fence}\n"
    return read_meta(text, read_front_matter(text, "post.md"), "post.md")


def test_a_post_without_fields_is_an_ordinary_post():
    found = read_meta("", read_front_matter("", "post.md"), "post.md")
    assert found == Meta()
    assert (found.title, found.draft, found.translate, found.date, found.tags) == ("", False, True, None, ())


def test_every_field():
    found = meta(
        "title: T\ndate: 2024-01-02\nlastmod: 2024-02-03 10:00\nsummary: S\ndescription: D\ncategories: [a, b]\n"
        "tags: [c]\nslug: s\naliases: [/old/]\ndraft: true\npublishDate: '2024-03-04'\n"
        "expiryDate: 2030-01-01T00:00:00Z\ntranslate: false\nweight: 4\n"
    )
    assert found.date == dt.date(2024, 1, 2)
    assert found.lastmod == dt.datetime(2024, 2, 3, 10)
    assert found.publish_date == dt.datetime(2024, 3, 4)
    assert found.expiry_date == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert (found.title, found.summary, found.description, found.slug) == ("T", "S", "D", "s")
    assert (found.categories, found.tags, found.aliases) == (("a", "b"), ("c",), ("/old/",))
    assert (found.draft, found.translate, found.weight) == (True, False, 4)


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("title: 2024", "title", "2024"),
        ("title: Yes", "title", "Yes"),
        ("title: 1.10", "title", "1.10"),
        ("slug: 2024-01-01", "slug", "2024-01-01"),
        ("aliases: /old/", "aliases", ("/old/",)),
        ("tags: python", "tags", ("python",)),
        ("tags: [3.10, 3.11]", "tags", ("3.10", "3.11")),
        ("tags: [a, ~]", "tags", ("a",)),
        ("translate: no", "translate", False),
        ("draft: 'false'", "draft", False),
    ],
)
def test_what_people_write(written, field, value):
    assert getattr(meta(written), field) == value


@pytest.mark.parametrize("name", [field.alias or name for name, field in Meta.model_fields.items()])
def test_an_empty_field_is_as_if_it_were_not_there(name):
    assert meta(f"{name}:") == Meta()


def test_numbers_in_toml_are_texts_where_texts_are_wanted():
    found = meta("title = 2024\ntags = [1, 'x']\naliases = '/old/'\ndate = 2024-01-02", fence="+++")
    assert (found.title, found.tags, found.aliases, found.date) == (
        "2024",
        ("1", "x"),
        ("/old/",),
        dt.date(2024, 1, 2),
    )


@pytest.mark.parametrize(
    ("written", "field", "cause"),
    [
        ("title: [a]", "title", "it has to be a text"),
        ("title: {a: b}", "title", "it has to be a text"),
        ("date: yesterday", "date", "it has to be a date, such as 2024-12-31"),
        ("date: 20240102", "date", "it has to be a date"),
        ("date: '20240102'", "date", "it has to be a date"),
        ("date: true", "date", "it has to be a date"),
        ("expiryDate: [2024-01-01]", "expiryDate", "it has to be a date"),
        ("draft: maybe", "draft", "it has to be true or false"),
        ("translate: zh", "translate", "it has to be true or false"),
        ("weight: heavy", "weight", "it has to be a whole number"),
        ("weight: 1.5", "weight", "it has to be a whole number"),
        ("tags: {a: 1}", "tags", "it has to be a list of texts"),
        ("categories: [a, [b]]", "categories", "it has to be a list of texts"),
        ("slug: a/b", "slug", "without slashes"),
        ("slug: ..", "slug", "without slashes"),
    ],
)
def test_a_wrong_value_names_the_field_the_line_and_what_is_right(written, field, cause):
    with pytest.raises(ContentError) as caught:
        meta(written)
    assert f"`{field}`" in caught.value.message
    assert cause in caught.value.message
    assert (caught.value.path, caught.value.line) == ("post.md", 3)
    assert caught.value.remedy


def test_the_line_is_right_with_any_line_ends():
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["---", "a: 1", "", '"weight": x', "---", ""])
        with pytest.raises(ContentError) as caught:
            read_meta(text, read_front_matter(text, "post.md"), "post.md")
        assert caught.value.line == 4


def test_a_long_value_is_shown_in_part():
    with pytest.raises(ContentError) as caught:
        meta(f"date: {'x' * 500}")
    assert len(str(caught.value)) < 300
