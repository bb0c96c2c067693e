"""Find the one constant that every module of a folder declares, so that adding a thing is adding a file."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def declared(package: ModuleType, constant: str, of: type[T]) -> tuple[T, ...]:
    """Return `constant` of every module in `package`, in the order of the module names.

    Raises:
        TypeError: a module lacks the constant or holds something of another type.
    """
    found: list[T] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        value = getattr(module, constant, None)
        if not isinstance(value, of):
            raise TypeError(f"{module.__name__} must declare {constant}: {of.__name__}")
        found.append(value)
    return tuple(found)
