"""The browser of the tests that need one: the machine's, or what `make test` has installed."""

import shutil

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium, and `make test` had no apt-get to install it with"
)
