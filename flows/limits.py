"""What no two runs may do at once: limits that all runs of a Prefect server share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists

from pipeline.config import Settings
from pipeline.errors import PipelineError

__all__ = ["engine_slot", "publisher_slot"]

PATIENCE = 3600.0  # seconds that a run waits for its turn
LEASE = 60.0  # seconds until the slot of a dead run is free


@contextmanager
def engine_slot(settings: Settings) -> Iterator[None]:
    """One of the [prefect] `engine_runs` runs that may ask engines. Raises PipelineError after an hour of waiting."""
    with _slot("pipeline-engine", settings.prefect.engine_runs):
        yield


@contextmanager
def publisher_slot(settings: Settings) -> Iterator[None]:
    """The only run that publishes to the target of `settings`. Raises PipelineError after an hour of waiting."""
    target = settings.publish.target
    if "://" not in target:
        target = str((settings.root / target).resolve())
    digest = sha256(f"{settings.publish.endpoint_url} {target}".encode()).hexdigest()[:12]
    readable = re.sub(r"[^A-Za-z0-9]+", "-", target).strip("-")[-60:]
    with _slot(f"pipeline-publish-{readable}-{digest}", 1):
        yield


@contextmanager
def _slot(name: str, slots: int) -> Iterator[None]:
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):  # another run was faster
        client.upsert_global_concurrency_limit_by_name(name, slots)
    waits = True
    try:
        with concurrency(
            name, timeout_seconds=PATIENCE, lease_duration=LEASE, strict=True, raise_on_lease_renewal_failure=False
        ):
            waits = False
            yield
    except TimeoutError as error:
        if not waits:
            raise
        raise PipelineError(
            f"no turn in an hour: other runs hold `{name}`.", remedy="See under Concurrency in Prefect's UI who does."
        ) from error
