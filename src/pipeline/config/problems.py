"""[problems]: what a build does about what is wrong with the site."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ProblemSettings"]

Answer = Literal["warn", "fail"]


class ProblemSettings(BaseModel):
    """One key a kind of problem."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    posts: Answer = Field("warn", description="A post that cannot be read, for its date or other front matter.")
    addresses: Answer = Field(
        "fail", description="Two pages with one address; with `warn` a post leaves it to the other."
    )
    aliases: Answer = Field("warn", description="An alias that is the address of another page, or leaves the site.")
    links: Answer = Field("warn", description="A link to a page, a part of a page or a file that is not there.")
    images: Answer = Field("warn", description="An image that is not there, cannot be read or is too large.")
    shortcodes: Answer = Field("warn", description="A shortcode that is not known.")
    math: Answer = Field("warn", description="A formula that cannot be shown.")
    diagrams: Answer = Field("warn", description="A diagram that cannot be drawn.")
    files: Answer = Field(
        "warn",
        description="A post, or a file beside posts or in static/, that leads elsewhere, or whose name is not text.",
    )

    def fails(self, kind: str) -> bool:
        """Whether a problem of this kind is a failure; one that has no key here is none."""
        return getattr(self, kind, "warn") == "fail"
