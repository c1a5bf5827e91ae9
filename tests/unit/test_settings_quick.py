"""The quick reader is never of another opinion than the real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import SettingsError
from aggregator.settings.quick import _parse, _scan, database_of
from aggregator.settings.yamltree import parse
from tests.support.region_folder import FILES

CONFIG = Path(__file__).parents[2] / "config"


def test_the_plain_lines_are_understood_without_yaml(tmp_path: Path) -> None:
    assert _scan(FILES["jobbfyr.yml"]) == ("sqlite:///jobbfyr.db", "", "output")
    (tmp_path / "jobbfyr.yml").write_text(
        "a: {b: 'c'} # it's\ndatabase: sqlite:////var/lib/j.db # here\r\noutput: out/site\n"
    )
    assert database_of(tmp_path) == ("sqlite:////var/lib/j.db", tmp_path / "out/site")


@pytest.mark.parametrize("region", sorted(path.name for path in CONFIG.iterdir() if (path / "jobbfyr.yml").is_file()))
def test_every_shipped_region_is_read_quickly(region: str) -> None:
    assert _scan((CONFIG / region / "jobbfyr.yml").read_text("utf-8")) is not None


def test_neither_pydantic_nor_yaml_is_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from aggregator.settings.quick import database_of;"
        f"database_of(Path({str(CONFIG / 'dalarna')!r}));"
        "print(sorted({'pydantic', 'ruamel', 'ruamel.yaml', 'aggregator.model', 'rapidfuzz'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        database_of(tmp_path)
    (tmp_path / "jobbfyr.yml").write_bytes(b"database: \xff")
    with pytest.raises(SettingsError, match="cannot be read"):
        database_of(tmp_path)
    (tmp_path / "jobbfyr.yml").write_text("database: [\n")
    with pytest.raises(SettingsError, match=r"jobbfyr\.yml:2:1: the file ends here, inside an open bracket"):
        database_of(tmp_path)


PIECES = st.sampled_from(
    ["database: sqlite:///a.db", "output: out", "database:", "  address: sqlite:///b.db", "  output: in", "x: 1", "x: |", "y: >-",
     '  "database: z"', 'z: "open', 'database: "sqlite:///c.db"', "output: 'q'", "'", '"', "]", "w: [a,", "database: z.db]", "---",
     "...", "v: {a: b", "output: d}", "# database: no", "database: {address: sqlite:///e.db}", "output: 12", "output: null",
     "output: a # b", "output: a#b", "output:b", "? database", ": sqlite:///f.db", "- database: g", "&a output: h", "u: &b", "\tdatabase: i",
     "database : sqlite:///j.db", "output: k: l", "it's: 'x'", "{", "}", "t: 'a''b'", "\u2028output: m", "s: !!str", "database: *b"]
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_the_quick_reader_agrees_with_the_real_one(pieces: list[str], newline: str) -> None:
    text = newline.join(pieces) + newline
    found = _scan(text)
    parsed = parse(text, "f.yml")
    if found is None or parsed.faults or parsed.root is None or parsed.root.kind != "map":
        return  # it gave up, or the text is no settings file at all
    assert found == _parse(text)
