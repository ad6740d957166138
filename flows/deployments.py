"""prefect.yaml as deployments that this process can serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

__all__ = ["read_deployments"]


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cron: str
    timezone: str = "UTC"
    slug: str | None = None
    active: bool = True


class _Limit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(ge=1)
    collision_strategy: str = "ENQUEUE"


class _Deployment(BaseModel):
    """The keys of one deployment that mean the same served as deployed; work pools are for `prefect deploy`."""

    name: str
    entrypoint: str
    description: str = ""
    tags: list[str] = []
    parameters: dict[str, Any] = {}
    concurrency_limit: _Limit | None = None
    schedules: list[_Schedule] = []


class _File(BaseModel):
    deployments: list[_Deployment] = Field(min_length=1)


def read_deployments(path: Path) -> list[RunnerDeployment]:
    """The deployments of `path` in its order. Raises ConfigError when it cannot be read, or names no flow of ours."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_deployment(entry) for entry in _File.model_validate(data).deployments]
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {path.name} in {path.resolve().parent}.", remedy="Run this where that file is."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(
            f"is not valid YAML: {getattr(error, 'problem', error)}.",
            path=path,
            line=mark.line + 1 if mark else None,
            remedy="Mend that line.",
        ) from None
    except ValidationError as error:
        found = error.errors()[0]
        key = ".".join(str(part) for part in found["loc"])
        raise ConfigError(f"`{key}`: {found['msg']}.", path=path, remedy="Mend that key.") from None
    except ValueError as error:
        raise ConfigError(f"cannot be used: {error}", path=path, remedy="Mend it.") from None


def _deployment(entry: _Deployment) -> RunnerDeployment:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.exceptions import MissingFlowError
    from prefect.schedules import Cron

    limit = entry.concurrency_limit
    try:
        return RunnerDeployment.from_entrypoint(
            entry.entrypoint,
            name=entry.name,
            description=entry.description or None,
            tags=entry.tags,
            parameters=entry.parameters,
            schedules=[
                Cron(schedule.cron, timezone=schedule.timezone, slug=schedule.slug, active=schedule.active)
                for schedule in entry.schedules
            ],
            concurrency_limit=ConcurrencyLimitConfig(
                limit=limit.limit, collision_strategy=ConcurrencyLimitStrategy(limit.collision_strategy)
            )
            if limit
            else None,
        )
    except (MissingFlowError, ImportError) as error:
        raise ConfigError(
            f"the deployment `{entry.name}` names no flow: {error}", remedy="Mend its `entrypoint` in prefect.yaml."
        ) from error
