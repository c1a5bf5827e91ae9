"""A new region's folder, copied from one that is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aggregator.errors import UsageError
from aggregator.settings.yamltree import Node, decode, parse

_LEFT_OUT: Final = re.compile(
    r"(^|/)(\.schema|output|__pycache__|\.env|[^/]*\.db(-wal|-shm|-journal)?|[^/]*\.lock)($|/)"
)
_IGNORE: Final = """\
# What jobbfyr makes here; everything else is yours to keep under version control.
/output/
*.db
*.db-*
*.lock
.env
"""


def init_region(template: Path, target: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Copy the region in `template` to `target` and add `.gitignore` and `.env.example`; gives the files written.

    Raises `UsageError` when `template` is no region, or `target` is not empty (with `force`, files of the same name
    are replaced and all others stay) or cannot be written.
    """
    if not (template / "jobbfyr.yml").is_file():
        raise UsageError(f"there is no region in {template}")
    _look_at(target, force=force)
    written: list[Path] = []
    try:
        for source in sorted(template.rglob("*")):
            name = source.relative_to(template).as_posix()
            if source.is_file() and not _LEFT_OUT.search(name):
                written.append(_put(target / name, source.read_bytes()))
        written.append(_put(target / ".gitignore", _IGNORE.encode()))
        written.append(_put(target / ".env.example", env_example(target).encode()))
    except OSError as error:
        raise UsageError(f"{error.filename or target} cannot be written: {error.strerror or error}") from error
    return tuple(written)


def _look_at(target: Path, *, force: bool) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file", hint="name a folder that is new or empty")
    if target.is_dir() and not force and any(target.iterdir()):
        raise UsageError(
            f"the folder {target} is not empty",
            hint="name a new one, or use --force to replace files of the same name",
        )


def _put(path: Path, body: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def env_example(folder: Path) -> str:
    """A `.env.example`: every variable that the region's files name, with the place that names it."""
    lines = [
        "# Variables that this region's files name. Copy to .env, fill in, and load it where cron runs jobbfyr:",
        "#   set -a; . ./.env; set +a; jobbfyr run",
        "# A channel whose variables are empty waits; nothing else does.",
    ]
    for variable, wheres in variables(folder).items():
        lines += ["", f"# {', '.join(wheres)}", f"{variable}="]
    return "\n".join(lines) + "\n"


def variables(folder: Path) -> dict[str, list[str]]:
    """Every environment variable that a region's YAML names as `{env: NAME}` -> the places that do."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.yml")):
        file = path.relative_to(folder).as_posix()
        text, _ = decode(path.read_bytes(), file)
        root = parse(text, file).root
        for where, variable in _named(root, "") if root is not None else ():
            found.setdefault(variable, []).append(f"{file}: {where}")
    return found


def _named(node: Node, where: str) -> Iterator[tuple[str, str]]:
    if (
        node.kind == "map"
        and list(node.entries) == ["env"]
        and re.fullmatch(r"[A-Z][A-Z0-9_]*", node.entries["env"].text)
    ):
        yield where, node.entries["env"].text
        return
    for key, value in node.entries.items():
        yield from _named(value, f"{where}.{key}" if where else key)
    for item in node.items:
        yield from _named(item, where)
