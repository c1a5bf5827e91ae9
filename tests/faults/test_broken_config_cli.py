"""Every broken configuration through `jobbfyr check` itself: exit code 2, each fault with its file, line and column on
stderr, nothing on stdout, no traceback, no secret; and the same in JSON. `run` refuses it too, and does nothing."""

import json
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.app.cli import main
from tests.support.region_folder import registry, write_region

CASES = sorted((Path(__file__).parent / "broken_configs").glob("*.txt"))
SECRETS = ("hunter2", "12345678")
Call = Callable[..., tuple[int, str, str]]


def read(case: Path) -> tuple[list[str], dict[str, str | bytes | None]]:
    """What a case expects to be told, and the files that stand in the region instead of the faultless ones."""
    head, *parts = re.split(r"^===== (.+)\n", case.read_text("utf-8"), flags=re.MULTILINE)
    expected = [line.removeprefix("expect: ") for line in head.splitlines()]
    return expected, dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture
def jobbfyr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """The command in this process, knowing the kinds and channels that the cases are written for."""
    monkeypatch.setattr("aggregator.app.registry.registry", registry)
    monkeypatch.delenv("JOBBFYR_TEST_DB_PASSWORD", raising=False)

    def call(*words: object) -> tuple[int, str, str]:
        before = signal.getsignal(signal.SIGTERM)
        monkeypatch.setattr(sys, "argv", ["jobbfyr", *map(str, words)])
        try:
            with pytest.raises(SystemExit) as left:
                main()
        finally:
            signal.signal(signal.SIGTERM, before)
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err

    return call


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_check_tells_every_fault_with_its_place(case: Path, tmp_path: Path, jobbfyr: Call) -> None:
    expected, changed = read(case)
    region = write_region(tmp_path / "region", changed)
    before = sorted(region.rglob("*"))
    code, out, err = jobbfyr("check", "--config", region)
    *faults, count = [line for line in err.splitlines() if not line.startswith("  → ")]
    assert (code, out) == (2, "")
    assert faults == expected
    assert count == f"{len(expected)} fault{'s' if len(expected) != 1 else ''} in the settings"
    assert not any(secret in err for secret in SECRETS)
    assert sorted(region.rglob("*")) == before


@pytest.mark.parametrize("case", CASES[::7], ids=lambda case: case.stem)
def test_check_in_json_tells_the_same(case: Path, tmp_path: Path, jobbfyr: Call) -> None:
    expected, changed = read(case)
    code, out, err = jobbfyr("check", "--config", write_region(tmp_path / "region", changed), "--json")
    told = json.loads(out)
    assert (code, err, told["ok"]) == (2, "", False)
    places = [f"{one['file']}:{one['line']}:{one['column']}" for one in told["faults"]]
    assert places == [":".join(line.split(":")[:3]) for line in expected]


@pytest.mark.parametrize("verb", ["run", "plan", "export", "work --times 1"])
def test_no_verb_does_anything_with_broken_settings(verb: str, tmp_path: Path, jobbfyr: Call, monkeypatch) -> None:
    region = write_region(tmp_path / "region", read(CASES[0])[1])
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    code, out, _ = jobbfyr(*verb.split(), "--config", region)
    assert (code, out) == (2, "")
    assert not (region / "jobbfyr.db").exists()
    assert not (region / "output").exists()
