"""Posts, front matter, locales and pairs."""

from pipeline.content.fields import Field, locate_fields, replace_fields
from pipeline.content.front_matter import FrontMatter, read_front_matter
from pipeline.content.meta import Meta
from pipeline.content.paired import finish_pending, remove_pair, replace_text, write_pair
from pipeline.content.pairs import Library, Pair
from pipeline.content.posts import Collection, Post, parse_post, read_post, read_posts

__all__ = [
    "Collection",
    "Field",
    "FrontMatter",
    "Library",
    "Meta",
    "Pair",
    "Post",
    "finish_pending",
    "locate_fields",
    "parse_post",
    "read_front_matter",
    "read_post",
    "read_posts",
    "remove_pair",
    "replace_fields",
    "replace_text",
    "write_pair",
]
