"""What no two runs may do at once, on a real server."""

import threading

import pytest

from pipeline.config import load
from pipeline.errors import PipelineError

pytestmark = pytest.mark.usefixtures("prefect_api")


@pytest.fixture
def settings(site):
    return load(site)


def limit(name_begins):
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        found = client.read_global_concurrency_limits(limit=200)
    return [entry for entry in found if entry.name.startswith(name_begins)]


def test_only_one_run_publishes_to_a_target_at_a_time(settings, monkeypatch):
    import httpx
    from prefect.client.orchestration import PrefectClient

    from flows.limits import publisher_slot

    ask = PrefectClient.increment_concurrency_slots_with_lease
    refused, left, seen = threading.Event(), threading.Event(), []

    async def asked(*args, **kwargs):
        try:
            return await ask(*args, **kwargs)
        except httpx.HTTPStatusError:
            refused.set()
            raise

    def second():
        with publisher_slot(settings):
            seen.append(left.is_set())

    monkeypatch.setattr(PrefectClient, "increment_concurrency_slots_with_lease", asked)
    thread = threading.Thread(target=second)
    with publisher_slot(settings):
        thread.start()
        assert refused.wait(90), "the other was not told to wait"
        assert not seen
        left.set()
    thread.join(60)
    assert seen == [True]


def test_another_target_is_another_matter(settings):
    from flows.limits import publisher_slot
    from flows.publish import elsewhere

    with publisher_slot(settings), publisher_slot(elsewhere(settings, "another")):
        pass


def test_who_never_gets_a_turn_is_told_who_has_it(settings, monkeypatch):
    from flows import limits

    with limits.engine_slot(settings):
        monkeypatch.setattr(limits, "PATIENCE", 0.5)
        assert limit("pipeline-engine")[0].limit == settings.prefect.engine_runs
        with pytest.raises(PipelineError, match="other runs hold `pipeline-engine`"), limits.engine_slot(settings):
            pass


def test_a_timeout_inside_is_not_taken_for_a_wait(settings):
    from flows.limits import engine_slot

    with pytest.raises(TimeoutError, match="of the work itself"), engine_slot(settings):
        raise TimeoutError("of the work itself")
