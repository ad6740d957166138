"""The drafts of a run, or the articles of a site, on the workers of a Dask cluster.

The client lives and ends inside the run's one step *translate* or *build*, and what is sent are bytes: neither Dask nor
Prefect has to serialise anything of the other's, and a worker needs the package `pipeline` alone.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

from flows.parts import gather_articles
from pipeline.config import Settings
from pipeline.errors import ConfigError, TranslationError
from pipeline.site.shards import Shard as ArticleShard
from pipeline.site.shards import Spread as ArticleSpread
from pipeline.site.shards import render_packed
from pipeline.translation.shards import Outcome, Shard, Spread, pack, unpack, work_on_packed

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["spread_articles_by", "spread_by"]

PATIENCE = 10.0  # seconds until a scheduler that does not answer, or has no worker, is given up
RETRIES = 2  # of a shard that a worker fails on; one whose worker dies is given to another by Dask anyway


def spread_by(settings: Settings) -> Spread | None:
    """The way to the workers that [prefect] names; None where the run's own process does the work.

    Nothing is connected before there are shards. Then it raises ConfigError where Dask is not installed, its scheduler
    does not answer, or has no workers.
    """
    return partial(_drafts, settings.prefect.dask_address) if settings.prefect.task_runner == "dask" else None


def spread_articles_by(settings: Settings) -> ArticleSpread | None:
    """The same for the articles of a site."""
    return partial(_articles, settings.prefect.dask_address) if settings.prefect.task_runner == "dask" else None


def _drafts(address: str, shards: Sequence[Shard]) -> Iterator[tuple[int, Outcome]]:
    if not shards:
        return
    with _connected(address) as client:
        sent = (client.submit(work_on_packed, pack(shard), pure=False, retries=RETRIES) for shard in shards)
        for number, future in _as_completed(sent):
            yield number, _outcome(future, shards[number])


def _articles(address: str, common: bytes, shards: Sequence[ArticleShard]) -> Iterator[tuple[int, bytes | None]]:
    if not shards:
        return
    with _connected(address) as client:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            # What is scattered is lost with the worker that has it; what a task gives can be had again.
            everywhere = client.submit(bytes, common, pure=False)
        sent = (client.submit(render_packed, everywhere, shard.data, pure=False, retries=RETRIES) for shard in shards)
        for number, future in _as_completed(sent):
            yield number, gather_articles(shards[number].names, future.result)


def _as_completed(futures: Iterable[Future[bytes]]) -> Iterator[tuple[int, Future[bytes]]]:
    """Each with its number, as it ends; none is held longer, so that its worker need not keep what it made."""
    from distributed import as_completed

    numbers = {future: number for number, future in enumerate(futures)}
    for future in as_completed(list(numbers)):
        yield numbers.pop(future), future


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
