"""What sPyNNaker's integration tests ask of the official test base, for `Scripts/check-pynn-scripts`."""

import inspect
import os
import unittest
from collections.abc import Callable
from typing import Any


class BaseTestCase(unittest.TestCase):
    """A test, in the folder of its file."""

    def setUp(self) -> None:
        os.chdir(os.path.dirname(inspect.getfile(type(self))))

    def runsafe(self, method: Callable[[], Any], retry_delay: float = 3.0, skip_exceptions: Any = None) -> None:
        """Runs a test once: there is no board that may fail."""
        method()

    @staticmethod
    def assert_not_spin_three() -> None:
        """There are boards enough."""


class ScriptChecker(BaseTestCase):
    """Runs scripts; `Scripts/check-pynn-scripts` does that itself."""


class RootScriptBuilder:
    """Makes tests of scripts; `Scripts/check-pynn-scripts` does that itself."""
