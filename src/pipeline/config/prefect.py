"""[prefect]: what the flows need to know of the place they run in."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["PrefectSettings", "is_directory"]


def is_directory(results: str) -> bool:
    """`results` is a directory, and no block of Prefect's."""
    return results.startswith((".", "/", "~"))


class PrefectSettings(BaseModel):
    """[prefect]: how the flows run. The commands do not read it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    engine_runs: int = Field(
        1, ge=1, le=100, description="Runs of one Prefect server that may ask engines at the same time; others wait."
    )
    results: str = Field(
        "",
        description="Where the report of each run is kept, so that Prefect can give it to others: a directory, such "
        "as `./results`, or a block of Prefect's, such as `s3-bucket/results`. Default: nowhere.",
    )
    preview_target: str = Field(
        "",
        description="Where *preview* publishes the site with its drafts, as in [publish] `target`. Default: it is only "
        "built, in .pipeline/preview.",
    )
    preview_url: str = Field("", description="Address under which `preview_target` is read.")
    task_runner: Literal["", "dask"] = Field(
        "",
        description="Who makes the drafts of *sync* and renders articles: the run's own machine, or with `dask` the "
        "workers of a Dask cluster. Needs `pip install 'multilingual-pipeline[dask]'`.",
    )
    dask_address: str = Field(
        "",
        description="Scheduler of the Dask cluster, such as tcp://scheduler:8786. Default: processes of this machine, "
        "for as long as the run takes.",
    )

    @field_validator("results")
    @classmethod
    def _directory_or_block(cls, value: str) -> str:
        if value and not (is_directory(value) or re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+", value)):
            raise ValueError("it has to be a directory, such as ./results, or a block, such as s3-bucket/results")
        return value

    @field_validator("dask_address")
    @classmethod
    def _scheduler(cls, value: str) -> str:
        if value and not re.fullmatch(r"(tcp|tls|ws|wss)://[^/\s?#@]+:[0-9]+", value):
            raise ValueError("it has to be a scheduler's address, such as tcp://scheduler:8786")
        return value

    @field_validator("preview_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            raise ValueError("it has to be an absolute http(s) address, such as https://preview.example.org")
        return value.rstrip("/")
