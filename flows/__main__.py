"""`python -m flows`: serve the deployments of prefect.yaml to a Prefect server, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from flows.embedded import leave
from pipeline.config import CONFIG_NAME, Settings, load
from pipeline.config.prefect import is_directory
from pipeline.errors import PipelineError

__all__ = ["main"]

SHIPPED = Path(__file__).with_name("prefect.yaml")
LOGGED = {  # what the library logs stands in the run's log; must come before Prefect is imported
    "PREFECT_LOGGING_EXTRA_LOGGERS": "pipeline",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
LOCAL_API = "http://127.0.0.1:4200/api"  # where `prefect server start` listens


@click.command(help=__doc__)
@click.option(
    "--file", type=click.Path(path_type=Path), help="Default: prefect.yaml, or the package's own where there is none."
)
def main(file: Path | None) -> None:
    """Exit 1, with one message, when there is no server or the file cannot be used."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's `&` leaves it ignored, and Ctrl-C without effect
    try:
        here = Path(CONFIG_NAME).exists()
        if not Path("prefect.toml").exists():
            for name, value in LOGGED.items():
                os.environ.setdefault(name, value)
        serve(file or deployments_of(Path()), load(Path()) if here else None)
    except KeyboardInterrupt:
        click.echo("Stopped.")
        leave(0)
    except PipelineError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


def deployments_of(root: Path) -> Path:
    """The site's own prefect.yaml, or else the package's."""
    own = root / "prefect.yaml"
    return own if own.exists() else SHIPPED


def serve(file: Path, settings: Settings | None = None) -> None:
    """Register the deployments of `file` with the server that PREFECT_API_URL names, and run what it asks for.

    `settings` are those of the site whose locales and engines the forms offer.
    """
    import prefect
    from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL, temporary_settings

    from flows.deployments import read_deployments

    api = PREFECT_API_URL.value() or LOCAL_API
    with temporary_settings({PREFECT_API_URL: api}), kept_results(settings):
        check_server(api)
        if settings:
            check_block(settings.prefect.results)
        deployments = read_deployments(file, settings)
        click.echo(f"Serving to {PREFECT_UI_URL.value() or api}; Ctrl-C ends it.")
        for deployment in deployments:
            times = ", ".join(_time(schedule) for schedule in deployment.schedules or [])
            click.echo(f"  {deployment.name:<10} {deployment.description or ''}" + (f" [{times}]" if times else ""))
        prefect.serve(*deployments, pause_on_shutdown=False, print_starting_message=False)


@contextmanager
def kept_results(settings: Settings | None) -> Iterator[None]:
    """Runs keep their reports where [prefect] `results` says. A directory has a slash at its front, or a dot.

    The processes of runs inherit this. Without it, Prefect's own settings hold.
    """
    from prefect.settings import (
        PREFECT_DEFAULT_RESULT_STORAGE_BLOCK,
        PREFECT_LOCAL_STORAGE_PATH,
        PREFECT_RESULTS_PERSIST_BY_DEFAULT,
        temporary_settings,
    )

    where = settings.prefect.results if settings else ""
    if not (settings and where):
        yield
    elif is_directory(where):
        folder = settings.root / Path(where).expanduser()
        with temporary_settings({PREFECT_RESULTS_PERSIST_BY_DEFAULT: True, PREFECT_LOCAL_STORAGE_PATH: folder}):
            yield
    else:
        with temporary_settings(
            {PREFECT_RESULTS_PERSIST_BY_DEFAULT: True, PREFECT_DEFAULT_RESULT_STORAGE_BLOCK: where}
        ):
            yield


def check_block(where: str) -> None:
    """Warn of a block that the server does not have: it may be made while the deployments are served."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    if not where or is_directory(where):
        return
    slug, _, name = where.partition("/")
    try:
        with get_client(sync_client=True) as client:
            client.read_block_document_by_name(name, slug)
    except ObjectNotFound:
        click.echo(f"Warning: the server has no block `{where}`, which [prefect] `results` names.", err=True)
        click.echo("Runs crash until there is one: make it under Blocks in the UI.", err=True)


def check_server(api: str) -> None:
    """Raise PipelineError unless a Prefect server answers at `api`."""
    import httpx
    from prefect.client.orchestration import get_client

    remedy = "Start one with `prefect server start`, or name yours in PREFECT_API_URL."
    with get_client(sync_client=True, httpx_settings={"timeout": 5.0}) as client:
        problem = client.api_healthcheck()
    if isinstance(problem, httpx.HTTPStatusError):
        status = problem.response.status_code
        if status in (401, 403):
            remedy = "Set PREFECT_API_KEY or PREFECT_API_AUTH_STRING."
        raise PipelineError(f"the Prefect server at {api} answers {status}.", remedy=remedy)
    if problem is not None:
        raise PipelineError(f"no Prefect server answers at {api}.", remedy=remedy) from problem


def _time(schedule: object) -> str:
    times = getattr(schedule, "schedule", None)
    paused = "" if getattr(schedule, "active", True) else ", paused"
    return f"{getattr(times, 'cron', times)} {getattr(times, 'timezone', '')}{paused}"


if __name__ == "__main__":
    main()
