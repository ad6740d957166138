"""Posts, front matter, locales and pairs."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.content.fields import Field, locate_fields, replace_fields
    from pipeline.content.front_matter import FrontMatter, read_front_matter
    from pipeline.content.meta import Meta
    from pipeline.content.paired import finish_pending, remove_pair, replace_text, write_pair
    from pipeline.content.pairs import Library, Pair
    from pipeline.content.posts import Collection, Post, parse_post, read_post, read_posts
else:
    from pipeline.lazy import lazily

    __getattr__ = lazily(
        __name__,
        {
            "fields": ["Field", "locate_fields", "replace_fields"],
            "front_matter": ["FrontMatter", "read_front_matter"],
            "meta": ["Meta"],
            "paired": ["finish_pending", "remove_pair", "replace_text", "write_pair"],
            "pairs": ["Library", "Pair"],
            "posts": ["Collection", "Post", "parse_post", "read_post", "read_posts"],
        },
    )

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
