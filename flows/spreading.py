"""The drafts of a run on the workers of a Dask cluster.

The client lives and ends inside the run's one step *translate*, and what is sent are bytes: neither Dask nor Prefect
has to serialise anything of the other's, and a worker needs the package `pipeline` alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

from pipeline.config import Settings
from pipeline.errors import ConfigError, TranslationError
from pipeline.translation.shards import Outcome, Shard, Spread, pack, unpack, work_on_packed

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["spread_by"]

PATIENCE = 10.0  # seconds until a scheduler that does not answer, or has no worker, is given up
RETRIES = 2  # of a shard that a worker fails on; one whose worker dies is given to another by Dask anyway


def spread_by(settings: Settings) -> Spread | None:
    """The way to the workers that [prefect] names; None where the run's own process does the work.

    Nothing is connected before there are shards. Then it raises ConfigError where Dask is not installed, its scheduler
    does not answer, or has no workers.
    """
    return partial(_spread, settings.prefect.dask_address) if settings.prefect.task_runner == "dask" else None


def _spread(address: str, shards: Sequence[Shard]) -> Iterator[tuple[int, Outcome]]:
    if not shards:
        return
    with _connected(address) as client:
        from distributed import as_completed

        futures = {
            client.submit(work_on_packed, pack(shard), pure=False, retries=RETRIES): number
            for number, shard in enumerate(shards)
        }
        for future in as_completed(list(futures)):
            number = futures.pop(future)  # so that its worker need not keep what it made
            yield number, _outcome(future, shards[number])


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`, or without one of a cluster for as long as the run takes."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ConfigError(
            '[prefect] task_runner = "dask" needs a package that is not installed.',
            remedy="Run `pip install 'multilingual-pipeline[dask]'`, here and where the workers run.",
        ) from error
    if not address:
        workers = os.cpu_count() or 1
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError) as error:
        raise ConfigError(
            f"the Dask scheduler {address} does not answer.",
            remedy="Start it by `dask scheduler`, or mend `dask_address` in [prefect].",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ConfigError(
                f"the Dask scheduler {address} has no workers.",
                remedy=f"Start some by `dask worker {address} --nthreads 1`.",
            ) from error
        yield client


def _outcome(future: Future[bytes], shard: Shard) -> Outcome:
    try:
        return cast("Outcome", unpack(future.result()))
    except Exception as error:  # noqa: BLE001 - a worker may raise what it likes: the other shards go on
        first = shard.drafts[0].layout.new.post.key
        return TranslationError(
            f"the workers could not do {len(shard.drafts)} posts from {first} on: {type(error).__name__}: {error}",
            remedy="See their logs, and run it again: what is written stays.",
        )
