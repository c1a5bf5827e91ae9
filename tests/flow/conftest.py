"""A small region that has been through one real cycle, and the command line called in this process."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.small_region import TITLES, Town, town


@pytest.fixture(scope="session")
def _town() -> Iterator[Town]:
    with town() as here:
        yield here


@pytest.fixture
def here(_town: Town) -> Iterator[Town]:
    """The partner's site and the social network; what a test lists there is forgotten after it."""
    yield _town
    if tuple(_town.feed.titles) != TITLES:
        _town.feed.list(TITLES)


@pytest.fixture(scope="session")
def _filled(_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    region = _town.write(tmp_path_factory.mktemp("small") / "region")
    report = _town.run(region)
    assert (report.exit_code, report.posts["sent"]) == (0, 2), report.problems
    return region


@pytest.fixture
def region(here: Town, _filled: Path, tmp_path: Path) -> Path:
    """A copy of the region after its first cycle: five vacancies, one of them posted to two channels."""
    return Path(shutil.copytree(_filled, tmp_path / "region", symlinks=True))


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def jobbfyr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`jobbfyr("check", "--config", folder)`: the command as from a shell, without the start of a process."""
    from aggregator.app.cli import main

    def call(*words: object) -> Said:
        before = signal.getsignal(signal.SIGTERM)
        monkeypatch.setattr(sys, "argv", ["jobbfyr", *map(str, words)])
        capsys.readouterr()
        try:
            with pytest.raises(SystemExit) as left:
                main()
        finally:
            signal.signal(signal.SIGTERM, before)
        said = capsys.readouterr()
        code = left.value.code
        assert isinstance(code, int)
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return call
