"""Every configuration an operator can plausibly break: each file in `broken_configs` says what it expects and what
stands in the region instead of the faultless files of `tests.support.region_folder`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aggregator.errors import SettingsError
from aggregator.settings import load
from tests.support.region_folder import FILES, registry, write_region

CASES = sorted((Path(__file__).parent / "broken_configs").glob("*.txt"))
SECRETS = ("hunter2", "12345678")


def _read(case: Path) -> tuple[list[str], dict[str, str | bytes | None]]:
    head, *parts = re.split(r"^===== (.+)\n", case.read_text("utf-8"), flags=re.MULTILINE)
    expected = [line.removeprefix("expect: ") for line in head.splitlines()]
    return expected, dict(zip(parts[::2], parts[1::2], strict=True))


def _faults(folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, registry(), environ={})
    assert caught.value.exit_code == 2
    return [str(fault) for fault in caught.value.faults]


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 40


def test_what_is_broken_here_is_whole_without_the_breakage(tmp_path: Path) -> None:
    settings = load(write_region(tmp_path), registry(), environ={})
    assert [partner.key for partner in settings.partners] == ["acme"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_broken_file_is_told_with_its_place(case: Path, tmp_path: Path) -> None:
    expected, changed = _read(case)
    assert expected, "the case says nothing of what it expects"
    told = _faults(write_region(tmp_path, changed))
    assert told == expected
    assert not any(secret in line for line in told for secret in SECRETS)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    body = FILES["tags.yml"].replace("skötare", "sk\0tare").encode().replace(b"\0", b"\xf6")
    assert _faults(write_region(tmp_path, {"tags.yml": body})) == [
        "tags.yml:7:15: the byte 0xf6 is not UTF-8; save the file as UTF-8"
    ]


def test_utf_16_is_not_utf_8(tmp_path: Path) -> None:
    told = _faults(write_region(tmp_path, {"tags.yml": FILES["tags.yml"].encode("utf-16")}))
    assert told == ["tags.yml:1:1: the byte 0xff is not UTF-8; save the file as UTF-8"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    write_region(tmp_path, {"stories.yml": None, "channels.yml": None, "partners/acme.yml": None})
    (tmp_path / "stories.yml").mkdir()
    (tmp_path / "partners").mkdir()
    (tmp_path / "channels.yml").symlink_to("channels.yml")  # root may read everything, but not a loop
    (tmp_path / "partners/gone.yml").symlink_to("nowhere.yml")
    assert _faults(tmp_path) == [
        "partners/gone.yml:1:1: cannot be read: No such file or directory",
        "channels.yml:1:1: cannot be read: Too many levels of symbolic links",
        "stories.yml:1:1: is not a file",
    ]


def test_a_folder_that_is_no_region(tmp_path: Path) -> None:
    told = _faults(tmp_path / "nowhere")
    assert len(told) == 1
    assert told[0].startswith("jobbfyr.yml:1:1: is missing")


def test_a_file_of_unlikely_size(tmp_path: Path) -> None:
    body = FILES["stories.yml"] + "# x\n" * 300_000
    assert _faults(write_region(tmp_path, {"stories.yml": body})) == [
        "stories.yml:1:1: is larger than 1000000 bytes; a settings file never is"
    ]


def test_deep_nesting_ends_early(tmp_path: Path) -> None:
    body = "topics: " + "[" * 5000 + "]" * 5000
    assert _faults(write_region(tmp_path, {"tags.yml": body})) == [
        "tags.yml:1:49: topics[0][0]: nested deeper than 40 levels"
    ]


def test_a_fault_in_one_file_hides_none_in_another(tmp_path: Path) -> None:
    changed: dict[str, str | bytes | None] = {
        "jobbfyr.yml": "region: [\n",
        "partners/acme.yml": FILES["partners/acme.yml"].replace("name: Acme\n", ""),
        "channels.yml": b"\xff",
        "campaigns.yml": FILES["campaigns.yml"].replace("07:30", "25:00"),
    }
    told = _faults(write_region(tmp_path, changed))
    assert [line.split(":")[0] for line in told] == [
        "jobbfyr.yml",
        "partners/acme.yml",
        "channels.yml",
        "campaigns.yml",
    ]
    assert told[1] == "partners/acme.yml:2:1: name: is missing"


def test_the_variable_may_be_set(tmp_path: Path) -> None:
    _, changed = _read(next(case for case in CASES if case.stem == "variable-not-set"))
    settings = load(write_region(tmp_path, changed), registry(), environ={"JOBBFYR_TEST_DB_PASSWORD": "hunter2"})
    assert "hunter2" not in repr(settings)
    assert settings.database.password is not None
