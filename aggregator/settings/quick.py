"""Where the database is, and nothing else: for commands that must answer at once, without YAML and pydantic.

`database_of` reads the top-level lines of `jobbfyr.yml` that it needs. What it does not surely understand it hands to
the real YAML reader, so that it is never of another opinion than `load`, only faster.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from aggregator.errors import Fault, SettingsError, UsageError

MAIN: Final = "jobbfyr.yml"
DEFAULT_DATABASE: Final = "sqlite:///jobbfyr.db"
DEFAULT_OUTPUT: Final = "output"

_SIMPLE = re.compile(r"[A-Za-z0-9_./+][A-Za-z0-9_./+:@=&?%-]*")  # surely a plain scalar, and never a number or null
_WORDS: Final = frozenset({"null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"})


def database_of(folder: Path, environ: Mapping[str, str] | None = None) -> tuple[str, Path]:
    """The address to open (its password revealed) and the output folder, both as `load` would give them.

    Raises `SettingsError` when `jobbfyr.yml` cannot be read, `UsageError` when the password's variable is not set.
    """
    try:
        text = (folder / MAIN).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(file=MAIN, line=1, column=1, path="", message=f"cannot be read: {error}")
        raise SettingsError([fault], hint=f"is {folder} a region's folder?") from error
    found = _scan(text)
    address, variable, output = found if found is not None else _parse(text)
    absolute = absolute_address(folder, address)
    return with_password(absolute, variable, environ), folder.absolute() / output


def absolute_address(folder: Path, address: str) -> str:
    """A SQLite path that is relative belongs to the region's folder; other addresses stay as they are."""
    path = address.removeprefix("sqlite:///")
    if path == address or path.startswith("/"):
        return address
    return f"sqlite:///{folder.absolute() / path}"


def with_password(address: str, variable: str, environ: Mapping[str, str] | None = None) -> str:
    """Put the password that `variable` holds into the address of a database server; `variable` may be ""."""
    if not variable:
        return address
    password = (os.environ if environ is None else environ).get(variable, "")
    if not password:
        raise UsageError(f"the environment variable {variable} (the database's password) is not set")
    scheme, _, rest = address.partition("://")
    user, at, server = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}{at}{server}"


def _scan(text: str) -> tuple[str, str, str] | None:
    """Address, password variable and output from top-level lines such as `output: out`; None when in doubt."""
    values = {"database": DEFAULT_DATABASE, "output": DEFAULT_OUTPUT}
    seen: set[str] = set()
    if re.search("[\x85\u2028\u2029]", text):
        return None  # the parser takes these for line breaks too
    for line in re.split(r"\r\n|\r|\n", text):
        if _open_ended(line):
            return None
        key, _, rest = line.partition(":")
        name = key.strip(" \t\"'")
        if name not in values:
            continue
        value = re.sub(r"(^|\s)\s*#.*$", "", rest).strip(" ")
        sure = key == name and rest.startswith(" ") and _SIMPLE.fullmatch(value) and value not in _WORDS
        if not sure or name in seen or not re.search(r"[A-Za-z]", value) or value.endswith(":"):
            return None
        seen.add(name)
        values[name] = value
    return values["database"], "", values["output"]


def _open_ended(line: str) -> bool:
    """Whether a line may begin something that hides the lines after it: an unclosed quote or bracket, a document."""
    if line.startswith(("---", "...", "%", "{", "[", "?", '"', "'", "&", "!")):
        return True
    bare = re.sub(r"\s#.*$", "", line).rstrip()
    opening = re.search(r"(?:^\s*|[:\-?]\s+)([\"'\[{&!])", bare)
    if opening is None:
        return False
    closer = {'"': '"', "'": "'", "[": "]", "{": "}"}.get(opening[1], "")
    return not (closer and bare.endswith(closer) and len(bare) - 1 > opening.start(1))


def _parse(text: str) -> tuple[str, str, str]:
    from aggregator.settings.yamltree import parse

    parsed = parse(text, MAIN)
    if parsed.faults:
        raise SettingsError(parsed.faults)
    data = parsed.root.data() if parsed.root is not None else {}
    top = data if isinstance(data, dict) else {}
    database = top.get("database", DEFAULT_DATABASE)
    variable = ""
    if isinstance(database, dict):
        password = database.get("password")
        variable = str(password.get("env", "")) if isinstance(password, dict) else ""
        database = database.get("address", DEFAULT_DATABASE)
    return str(database), variable, str(top.get("output", DEFAULT_OUTPUT))
