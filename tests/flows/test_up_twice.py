"""One `pipeline up` a site: a second one would take the runs of the first for those of the dead."""

import subprocess
import sys

from tests.flows.processes import free_port, prefect_env
from tests.flows.serving import Up


def test_a_second_one_says_where_the_first_is_and_leaves_it_alone(site):
    with Up(site).running() as first:
        command = [sys.executable, "-m", "pipeline", "--root", str(site), "up", "--port", str(free_port())]
        done = subprocess.run(
            command, env=prefect_env("/nonexistent"), cwd=site.parent, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert f"`pipeline up` runs for this site already, at {first.url}. Use that one" in done.stderr
        assert first.api.healthy()
    with Up(site).running():
        pass  # the lock went with the process
