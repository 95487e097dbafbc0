"""Settings that every test shares: how hard Hypothesis looks.

`make check` tries a hundred examples, always the same ones, so that a change never fails for a reason it did not cause;
`make nightly` (HYPOTHESIS_PROFILE=nightly) tries thousands, new ones each night. No deadlines: the machine may be busy.
"""

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("check", max_examples=100, derandomize=True, deadline=None, suppress_health_check=SLOW)
settings.register_profile("nightly", max_examples=3000, deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "check"))
