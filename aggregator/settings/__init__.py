"""What operators tune, read: a region's folder of YAML in, typed settings or every fault at once out.

`load` reads a folder, `schemas` describes its files to editors, `quick.database_of` answers one question without any
of it, `edit` changes a file and leaves its comments alone, `region.init_region` makes a new folder. Names are looked
up lazily here, so that importing a neighbour (`aggregator.settings.secrets`) costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.settings.loader import load as load
    from aggregator.settings.region import init_region as init_region
    from aggregator.settings.schema import schemas as schemas
    from aggregator.settings.schema import write_schemas as write_schemas
    from aggregator.settings.types import Registry as Registry
    from aggregator.settings.types import Settings as Settings

_HOME = {
    "load": "loader",
    "init_region": "region",
    "schemas": "schema",
    "write_schemas": "schema",
    "Registry": "types",
    "Settings": "types",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes are of any type
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
