"""Posts, front matter, locales and pairs."""

from pipeline.content.fields import Field, locate_fields, replace_fields
from pipeline.content.front_matter import FrontMatter, read_front_matter
from pipeline.content.meta import Meta
from pipeline.content.pairs import Library, Pair
from pipeline.content.posts import Collection, Post, read_post, read_posts

__all__ = [
    "Collection",
    "Field",
    "FrontMatter",
    "Library",
    "Meta",
    "Pair",
    "Post",
    "locate_fields",
    "read_front_matter",
    "read_post",
    "read_posts",
    "replace_fields",
]
