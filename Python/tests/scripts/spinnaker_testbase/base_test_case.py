"""The same by another name."""

from . import BaseTestCase

__all__ = ["BaseTestCase"]
