"""prefect.yaml as deployments that this process can serve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.options import AS_CONFIGURED, EVERY
from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.publishing.provenance import commit_of
from pipeline.translation.engines import engine_kinds

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment
    from prefect.events import DeploymentEventTrigger

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


class _Trigger(BaseModel):
    """An event that starts a run; whatever else Prefect knows of triggers is for `prefect deploy`."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["event"] = "event"
    enabled: bool = True
    expect: list[str] = Field(min_length=1)
    match: dict[str, str] = {}
    match_related: dict[str, str] = {}
    parameters: dict[str, Any] = {}


class _Deployment(BaseModel):
    """The keys of one deployment that mean the same served as deployed; work pools are for `prefect deploy`."""

    name: str
    entrypoint: str
    description: str = ""
    tags: list[str] = []
    parameters: dict[str, Any] = {}
    concurrency_limit: _Limit | None = None
    schedules: list[_Schedule] = []
    triggers: list[_Trigger] = []


class _File(BaseModel):
    deployments: list[_Deployment] = Field(min_length=1)


def read_deployments(path: Path, settings: Settings | None = None) -> list[RunnerDeployment]:
    """The deployments of `path` in its order. Raises ConfigError when it cannot be read, or names no flow of ours.

    The forms offer the locales and engines of `settings`, and the version is the commit that its content is at.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = [_deployment(entry) for entry in _File.model_validate(data).deployments]
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
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise ConfigError(f"`{key}`: {fault['msg']}.", path=path, remedy="Mend that key.") from None
    except ValueError as error:
        raise ConfigError(f"cannot be used: {error}", path=path, remedy="Mend it.") from None
    if settings:
        version = commit_of(settings.root)
        for deployment in found:
            deployment.version = version or None
            _offer(deployment, settings)
    return found


def _offer(deployment: RunnerDeployment, settings: Settings) -> None:
    """What there is to choose from becomes a menu in the form, and anything else is refused before the run starts."""
    menus = {
        "locale": [EVERY, *settings.targets],
        "engine": [AS_CONFIGURED, *sorted({*settings.translation.engines, *settings.engines, *engine_kinds()})],
    }
    for form in deployment._parameter_openapi_schema.definitions.values():
        for name, menu in menus.items():
            if name in form["properties"]:
                form["properties"][name]["enum"] = menu


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
            triggers=[_trigger(entry.name, trigger) for trigger in entry.triggers],
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


def _trigger(deployment: str, trigger: _Trigger) -> DeploymentEventTrigger:
    from prefect.events import DeploymentEventTrigger

    return DeploymentEventTrigger(
        name=f"{deployment}: {', '.join(trigger.expect)}",
        enabled=trigger.enabled,
        expect=set(trigger.expect),
        match=trigger.match,
        match_related=trigger.match_related,
        parameters=trigger.parameters or None,
    )
