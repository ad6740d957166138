"""The keys of [publish] and its tables."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["CloudFrontSettings", "FileRule", "PublishSettings"]

_STORED = {"content-disposition", "content-language", "expires"}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FileRule(_Section):
    """[publish.files."PATTERN"]: how the files are stored whose path fits. `*` stands for anything, `/` included."""

    content_type: str = Field("", description="Their Content-Type. Default: by the suffix.")
    cache_control: str = Field("", description="Their Cache-Control. Default: by the kind of file.")
    headers: dict[str, str] = Field(
        {}, description="More headers that S3 stores: Content-Disposition, Content-Language, Expires, x-amz-meta-…."
    )

    @field_validator("headers")
    @classmethod
    def _storable(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if name.lower() not in _STORED and not re.fullmatch(r"x-amz-meta-[a-z0-9-]+", name.lower()):
                known = "Content-Disposition, Content-Language, Expires and x-amz-meta-…"
                raise ValueError(f"S3 does not store {name!r}; it stores {known}")
        return value

    @field_validator("content_type", "cache_control", "headers")
    @classmethod
    def _printable(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for text in value.values() if isinstance(value, dict) else [value]:
            if not re.fullmatch(r"[\x20-\x7e]*", text):
                raise ValueError("a header holds printable ASCII only")
        return value


class CloudFrontSettings(_Section):
    """[publish.cloudfront]: the CDN in front of the bucket, told of what changed."""

    distribution: str = Field("", description="Id of the distribution, such as E1ABCDEFGHIJKL. Default: none is told.")
    max_paths: int = Field(
        50, ge=1, le=3000, description="Most paths of one invalidation; what is more is collapsed to wildcards."
    )
    tag_header: str = Field(
        "",
        description="Header with objects' cache tags, such as x-amz-meta-cache-tag, as the distribution is told and "
        "`files` set it: what is more than `max_paths` is then invalidated by tag.",
    )
    wait: bool = Field(default=False, description="Wait until the invalidation is done, for at most ten minutes.")
    path: str = Field(
        "",
        description="What readers' addresses begin with before the site's own paths, such as /blog. Default: nothing.",
    )
    endpoint_url: str = Field("", description="Address of a server that speaks CloudFront's API. Default: AWS.")


class PublishSettings(_Section):
    """[publish]: where the site goes."""

    target: str = Field("", description="`s3://bucket`, `s3://bucket/prefix`, or a directory.")
    endpoint_url: str = Field("", description="Address of an S3-compatible server. Default: AWS.")
    region: str = Field("", description="Region of the bucket. Default: as AWS tools are configured.")
    profile: str = Field("", description="Name of a profile in the AWS configuration files.")
    concurrency: int = Field(16, ge=1, le=128, description="Uploads in flight at once.")
    state: str = Field(".pipeline", description="Below which key of the target the manifest and kept copies are.")
    keep: int | None = Field(
        None,
        ge=0,
        le=1000,
        description="Earlier releases that `rollback` can restore. Default: 10 where the bucket has versions or the "
        "target is a directory, which costs nothing; else 0, as it costs a copy of every object that is replaced.",
    )
    grace_hours: float = Field(
        24.0, ge=0, description="How long fingerprinted assets stay after the last page stopped using them."
    )
    max_deleted_share: float = Field(
        0.5, ge=0, le=1, description="Largest share of the published pages that may go without --allow-deletions."
    )
    max_deleted: int = Field(
        0, ge=0, description="Most objects that may be deleted without --allow-deletions; 0 is no limit."
    )
    precompress: list[str] = Field(
        [], description="Patterns of files to store gzipped, for buckets that no CDN stands before."
    )
    files: dict[str, FileRule] = Field({}, description="Headers by pattern; of several that fit, the last counts.")
    cloudfront: CloudFrontSettings = CloudFrontSettings()

    @field_validator("state")
    @classmethod
    def _inside(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*", value):
            raise ValueError("it has to be one name of letters, digits, `.`, `_` and `-`")
        return value
