"""[review]: how drafts become translations, and where they are proposed."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["ReviewSettings"]


class ReviewSettings(BaseModel):
    """[review]: how drafts become translations."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    approve: Literal["by hand", "when nothing new"] = Field(
        "by hand",
        description="`when nothing new` approves drafts whose every segment a person has approved before.",
    )
    remote: str = Field(
        "", description="Git remote to propose drafts to; `.` is this repository. Default: origin, or the only one."
    )
    base: str = Field("", description="Branch that they are merged into. Default: the remote's default branch.")
    branches: str = Field("translations", description="First part of the names of branches with drafts.")
    per: Literal["post", "run"] = Field("post", description="A branch for each post, or one for all of a run.")
    max_open: int = Field(20, ge=0, description="Branches that may be open at once; what is more waits. 0 is no limit.")
    author: str = Field(
        "", description="Author of the commits, as `Name <address>`. Default: git's own `user.name` and `user.email`."
    )
    language: Literal["en", "zh"] = Field("en", description="Language of pull requests.")
    forge: Literal["auto", "github", "gitlab", "none"] = Field(
        "auto",
        description="Where pull requests are made. `auto`: at github.com and gitlab.com, if the remote is there and "
        "there is a token; elsewhere it has to be said.",
    )
    forge_url: str = Field(
        "", description="Address of the API of GitHub Enterprise (`https://HOST/api/v3`), or of one's own GitLab."
    )
    repository: str = Field(
        "", description="owner/name of the repository that gets the pull requests, if the remote is a fork of it."
    )
    token_env: str = Field(
        "",
        description="Name of the environment variable that holds the token. Never the token. Default: `GITHUB_TOKEN` "
        "or `GH_TOKEN`, `GITLAB_TOKEN`.",
    )
    previews: bool = Field(
        default=False, description="Pull requests link to their preview, which `pipeline preview` publishes."
    )
    labels: list[str] = Field([], description="Labels of pull requests.")
    reviewers: list[str] = Field(
        [], description="Who is asked for a review, by user name; `organisation/team` for a team of GitHub."
    )

    @field_validator("forge_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            raise ValueError("it has to be an absolute http(s) address")
        return value.rstrip("/")

    @field_validator("branches")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
            raise ValueError("it may hold letters, digits, - and _, without slashes at the ends")
        return value

    @field_validator("author")
    @classmethod
    def _name_and_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^<>\n]*[^<>\s] <[^<>\s]+>", value):
            raise ValueError("it has to be a name and an address: Name <address@example.org>")
        return value
