"""Modules loaded when they are looked into: PyNN imports `csa`, which brings all of Matplotlib, for few scripts."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """A module whose contents come with the first name that is looked up."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


def load_when_used(name: str) -> None:
    """Has `import name` give a module that is loaded at its first use; nothing where there is none, or it is loaded."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is not None:
        later = _Later(name)
        later.__spec__ = spec
        later.__path__ = spec.submodule_search_locations or []
        sys.modules[name] = later
