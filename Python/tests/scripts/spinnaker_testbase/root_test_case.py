"""The same by another name."""

from . import BaseTestCase as RootTestCase

__all__ = ["RootTestCase"]
