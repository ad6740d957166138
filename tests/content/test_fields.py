"""A field's value is replaced in the text; everything else stays byte for byte, and it reads back as it was meant."""

import tomllib

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.content import locate_fields, read_front_matter, replace_fields
from pipeline.errors import ContentError

YAML = """\
---
# a comment, kept
title: "Hello: world" # why
date: 2024-01-02T03:04:05+08:00
summary: 'it''s'
description: >-
  folded
  text
plain: unquoted text
tags: [one, "two", 3]
params:
    subtitle: deep   # blanks
    list:
      - first
      - second
count: 7
---
Body: title: "Hello: world"
"""
TOML = """\
+++
title = "Hello \\"world\\"" # why
date = 2024-01-02
summary = 'it is'
tags = ["one", "two"]
[params]
subtitle = "deep"
+++
Body
"""
SHORT = """\
---
title: "T" # why
summary: 'S'
plain: words
description: >-
  folded
  text
n: 1
---
"""
# What YAML 1.1 and TOML can hold: no control characters, no lone surrogates.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff\u2028\u2029\x85"), max_size=40
)


def located(text, *names):
    front = read_front_matter(text, "post.md")
    return front, {field.name: field for field in locate_fields(text, front, names)}


def replaced(text, **values):
    front, fields = located(text, *values)
    return replace_fields(text, front, {fields[name]: value for name, value in values.items()})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_values_are_located_where_they_are_written(end, bom):
    text = bom + YAML.replace("\n", end)
    _, fields = located(
        text, "title", "summary", "description", "plain", "params.subtitle", "params.list", "tags", "count"
    )
    written = {name: text[field.start : field.end] for name, field in fields.items()}
    assert written.pop("description").startswith(">-")
    assert written == {
        "title": '"Hello: world"',
        "summary": "'it''s'",
        "plain": "unquoted text",
        "tags.0": "one",
        "tags.1": '"two"',
        "params.subtitle": "deep",
        "params.list.0": "first",
        "params.list.1": "second",
    }
    assert fields["summary"].value == "it's"
    assert fields["description"].value == "folded text"


def test_toml_values_are_located_too():
    _, fields = located(TOML, "title", "summary", "params.subtitle")
    assert {name: field.value for name, field in fields.items()} == {
        "title": 'Hello "world"',
        "summary": "it is",
        "params.subtitle": "deep",
    }


def test_only_the_value_changes():
    text = replaced(YAML, title="你好")
    assert text == YAML.replace('"Hello: world" # why', '"你好" # why')
    assert replaced(YAML, summary="它是") == YAML.replace("'it''s'", "'它是'")
    assert replaced(YAML, plain="简单") == YAML.replace("unquoted text", "简单")
    assert replaced(TOML, title="你好") == TOML.replace('"Hello \\"world\\""', '"你好"')


@pytest.mark.parametrize(
    "value", ["a: b", "# no comment", "'quoted'", "- item", "yes", "1.10", "{x}", "@at", "tail ", ""]
)
def test_a_value_that_plain_yaml_cannot_hold_is_quoted(value):
    text = replaced(YAML, plain=value)
    assert yaml.safe_load(text.split("---")[1])["plain"] == value


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["title", "summary", "plain", "description"]), st.sampled_from(["\n", "\r\n"]))
def test_any_value_reads_back_in_yaml(value, name, end):
    text = SHORT.replace("\n", end)
    front, fields = located(text, name)
    try:
        changed = replace_fields(text, front, {fields[name]: value})
    except ContentError:
        assert (
            name == "description"
        )  # folding joins lines and drops blanks at the ends: refused, never changed silently
        return
    field = fields[name]
    assert changed.startswith(text[: field.start])
    assert changed.endswith(text[field.end :])
    data = dict(read_front_matter(changed, "post.md").data)
    assert data.pop(name) == value
    assert data == {key: item for key, item in front.data.items() if key != name}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_value_reads_back_in_toml(value):
    changed = replaced(TOML, title=value)
    assert tomllib.loads(changed.split("+++\n")[1])["title"] == value


def test_without_front_matter_there_are_no_fields():
    assert located("Just text", "title")[1] == {}


# An anchor belongs to what is replaced, an alias is a field that stands elsewhere, and a list may hold itself.


def test_an_anchor_stays_where_it_is():
    text = "---\ntitle: &t words\nother: *t\n---\n"
    assert replaced(text, title="词") == text.replace("words", "词")


def test_an_alias_is_left_alone():
    text = "---\ntitle: &t words\nsummary: *t\n---\n"
    assert list(located(text, "title", "summary")[1]) == ["title"]


def test_a_list_that_holds_itself_is_no_crash():
    assert list(located("---\ntitle: words\nloop: &a [*a]\n---\n", "title")[1]) == ["title"]
