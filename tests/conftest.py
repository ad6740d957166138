"""How Hypothesis looks for counterexamples, in all tests."""

import os

from hypothesis import HealthCheck, settings

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
