"""Secrets: YAML names an environment variable, and only the moment of use reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from aggregator.errors import ChannelDown


class EnvSecret(BaseModel):
    """A secret written in YAML as `{env: NAME}`. It never holds the value, so it cannot leak it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="Name of the environment variable that holds the secret")

    def is_set(self) -> bool:
        """Whether the variable is there and not empty."""
        return bool(os.environ.get(self.env))

    def reveal(self) -> str:
        """The secret itself; raises `ChannelDown` when the variable is not set."""
        value = os.environ.get(self.env, "")
        if not value:
            raise ChannelDown(f"the environment variable {self.env} is not set", hint=f"export {self.env}=…")
        return value


def secrets_of(options: BaseModel) -> Iterator[EnvSecret]:
    """Every secret that an options object names, at any depth."""
    for name in type(options).model_fields:
        value = getattr(options, name)
        if isinstance(value, EnvSecret):
            yield value
        elif isinstance(value, BaseModel):
            yield from secrets_of(value)
