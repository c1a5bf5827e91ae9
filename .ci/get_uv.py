"""Fetches the locked uv for this machine, with nothing but Python's own library: `python3 .ci/get_uv.py TARGET`.

Address and hash stand in `uv.lock`, where uv is a development dependency like any other; so a machine needs neither pip
nor venv nor a uv of its own to set the project up.
"""

from __future__ import annotations

import hashlib
import platform
import sys
import tomllib
import urllib.request
import zipfile
from io import BytesIO
from pathlib import Path

LOCK = Path(__file__).parent.parent / "uv.lock"


def wheel() -> tuple[str, str]:
    """Address and SHA-256 of the locked uv's wheel for this system."""
    packages = tomllib.loads(LOCK.read_text("utf-8"))["package"]
    wheels = next(package["wheels"] for package in packages if package["name"] == "uv")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "darwin":
        marks = ("macosx", "arm64" if machine == "aarch64" else "x86_64")
    else:
        libc = platform.libc_ver()[0]
        marks = ("manylinux" if libc == "glibc" else "musllinux", machine)
    for one in wheels:
        name = one["url"].rpartition("/")[2]
        if all(mark in name for mark in marks):
            return one["url"], one["hash"].removeprefix("sha256:")
    raise SystemExit(f"uv has no wheel for {' '.join(marks)}: install uv by hand (https://docs.astral.sh/uv/)")


def main() -> None:
    """Put uv at the target's path."""
    target = Path(sys.argv[1])
    url, digest = wheel()
    try:
        with urllib.request.urlopen(url, timeout=180) as answer:  # noqa: S310 - the lock file's https address
            body = answer.read()
    except OSError as error:
        raise SystemExit(f"uv cannot be fetched from the package registry: {error}") from None
    if hashlib.sha256(body).hexdigest() != digest:
        raise SystemExit("the uv that was fetched is not the locked one: its hash differs")
    with zipfile.ZipFile(BytesIO(body)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        program = archive.read(inside)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(program)
    part.chmod(0o755)
    part.replace(target)


main()
