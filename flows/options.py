"""The forms of the flows: what a run may be told, checked before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AS_CONFIGURED",
    "EVERY",
    "AdoptOptions",
    "PreviewOptions",
    "PublishOptions",
    "RepublishOptions",
    "RollbackOptions",
    "SyncOptions",
]

EVERY = "all"
AS_CONFIGURED = "configured"

Root = Annotated[Path, Field(description="Directory of pipeline.toml, from where the flow's process runs.")]
PostName = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")]
Target = Annotated[str, Field(max_length=1000, pattern=r"^[^\s?#@]+$")]  # an address with a password in it has an @


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SyncOptions(_Form):
    """What to translate, by whom, and how far to go."""

    posts: list[PostName] = Field(default=[], max_length=1000, description="Posts such as posts/foo. None: every post.")
    locale: Name = Field(default=EVERY, description="One target locale, or `all`.")
    engine: Name = Field(default=AS_CONFIGURED, description="Who translates; `configured`: as pipeline.toml says.")
    stage: Literal["all", "detect", "translate", "propose"] = Field(
        default="all", description="All stages, or one alone; `detect` only says what state each post is in."
    )
    dry_run: bool = Field(default=False, description="Plan only: ask no engine, write no draft, propose nothing.")
    force: bool = Field(default=False, description="Propose again what somebody closed.")
    wait_for_person: bool = Field(
        default=False, description="Wait, when drafts were written, until somebody approves or rejects them by a form."
    )
    root: Root = Path()


class PublishOptions(_Form):
    """What to publish, and where to."""

    stage: Literal["all", "build", "publish"] = Field(
        default="all", description="Both stages, or one alone; `publish` uploads what was built last."
    )
    target: Target = Field(
        default=AS_CONFIGURED, description="`configured`, s3://bucket/prefix or a directory: another place to publish."
    )
    dry_run: bool = Field(default=False, description="Plan only: build, and say what would be sent.")
    force: bool = Field(default=False, description="List what the target holds, and repair what differs there.")
    allow_deletions: bool = Field(default=False, description="Let more than half of the published pages go.")
    root: Root = Path()


class RepublishOptions(_Form):
    """Which site to look after."""

    force: bool = Field(default=False, description="Build even if nothing seems to be due.")
    root: Root = Path()


class PreviewOptions(_Form):
    """What the preview shows."""

    drafts: bool = Field(default=True, description="Show drafts of translations, and posts that are held back.")
    in_days: int = Field(default=0, ge=0, le=3650, description="Show the site as it will be in so many days.")
    root: Root = Path()


class RollbackOptions(_Form):
    """Which release to bring back."""

    release: str = Field(
        default="",
        max_length=100,
        pattern=r"^[A-Za-z0-9-]*$",
        description="A release, or the beginning of its name. Empty: the one before the current.",
    )
    dry_run: bool = Field(default=False, description="Plan only: change nothing.")
    root: Root = Path()


class AdoptOptions(_Form):
    """Which Hugo site to take over."""

    old: str = Field(min_length=1, max_length=1000, description="Directory of the Hugo site, which is only read.")
    source: str = Field(
        default="", max_length=60, description="Its language that people write, as Hugo names it. Empty: English."
    )
    targets: list[Name] = Field(default=[], max_length=100, description="Its translations. None: as they are found.")
    dry_run: bool = Field(default=True, description="Plan only: report, and write nothing.")
    root: Root = Path()
