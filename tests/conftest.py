"""How Hypothesis looks for counterexamples, and what Ctrl-C does, in all tests."""

import os
import signal

from hypothesis import HealthCheck, settings

# A shell has what it starts in the background ignore SIGINT, and so would the processes that tests press Ctrl-C in.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, so that a change is what makes a test fail;
# `PIPELINE_TEST_RANDOM=1 make test` looks for new ones.
settings.register_profile(
    "everywhere",
    deadline=None,  # a slow machine is no failure
    max_examples=60,
    derandomize=not os.environ.get("PIPELINE_TEST_RANDOM"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("everywhere")
