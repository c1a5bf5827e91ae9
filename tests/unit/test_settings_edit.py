"""Edits change what was asked for and not one other byte."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import SettingsError, UsageError
from aggregator.settings import edit, emit, load
from aggregator.settings.yamltree import parse
from tests.support.region_folder import FILES, registry, write_region

ACME = "partners/acme.yml"
CAREER = {"kind": "greenhouse", "url": "https://boards.example/acme?a=1&b=2", "expect": {"min": 2}}


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return write_region(tmp_path)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_a_source_is_added_below_the_others(region: Path) -> None:
    before = (region / ACME).read_text()
    assert edit.add_source(region, registry(), "acme", CAREER) == region / ACME
    after = (region / ACME).read_text()
    assert after == before + (
        '  - kind: greenhouse\n    url: "https://boards.example/acme?a=1&b=2"\n    expect: {min: 2}\n'
    )
    assert [source.key for source in load(region, registry()).sources] == [
        "acme/platsbanken",
        "acme/career",
        "acme/greenhouse",
    ]


def test_a_source_for_a_partner_without_any(region: Path) -> None:
    text = FILES[ACME].partition("sources:")[0]
    for ending in ("", "sources:\n", "sources: []\n", "sources: # none yet\n"):
        (region / ACME).write_text(text + ending + "# the end\n")
        edit.add_source(region, registry(), "acme", CAREER)
        after = (region / ACME).read_text()
        assert after.startswith(text)
        assert "# the end\n" in after
        assert ("# none yet" in after) == ("# none yet" in ending)
        assert [source.kind for source in load(region, registry()).sources] == ["greenhouse"]


def test_a_partner_file_is_written_for_people_and_editors(region: Path) -> None:
    partner = {
        "key": "bolaget",
        "name": "Bolaget: Nytt",
        "tier": "liten",
        "presentation": {"sv": " ".join(["Vi gör saker av trä, stål och omtanke."] * 5)},
        "sources": [{"kind": "platsbanken", "options": {"employer": "Bolaget", "municipalities": ["2081"]}}],
    }
    path = edit.add_partner(region, registry(), partner)
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=../.schema/partner.json\n")
    assert 'name: "Bolaget: Nytt"\n' in text
    assert max(map(len, text.splitlines())) <= 120
    read = next(one for one in load(region, registry()).partners if one.key == "bolaget")
    assert (read.name, dict(read.presentation)) == (partner["name"], partner["presentation"])
    with pytest.raises(UsageError, match="is there already"):
        edit.add_partner(region, registry(), partner)


@pytest.mark.parametrize("key", ["../outside", "Stor", ""])
def test_a_partner_with_a_bad_key_writes_nothing(region: Path, key: str) -> None:
    before = sorted(path for path in region.parent.rglob("*"))
    with pytest.raises(SettingsError):
        edit.add_partner(region, registry(), {"key": key, "name": "X", "tier": "liten"})
    assert sorted(path for path in region.parent.rglob("*")) == before


@pytest.mark.parametrize(
    ("file", "path", "value", "old", "new"),
    [
        (ACME, ("tier",), "liten", "tier: liten", "tier: liten"),
        (ACME, ("organization_number",), "232100-0016", "556016-0680 # with", "232100-0016 # with"),
        (ACME, ("sources", 0, "expect", "min"), 3, "      min: 1", "      min: 3"),
        (ACME, ("sources", 0, "expect", "misses"), 3, "      min: 1\n", "      min: 1\n      misses: 3\n"),
        (ACME, ("sources", 1, "expect"), {"min": 4}, "    place: Borlänge\n", "    place: Borlänge\n    expect: {min: 4}\n"),
        (ACME, ("sources", 1, "expect", "min"), 4, "    place: Borlänge\n", "    place: Borlänge\n    expect: {min: 4}\n"),
        (ACME, ("sources", 0, "expect"), {"min": 4}, "expect:\n      min: 1", "expect: {min: 4}"),
        (ACME, ("sources", 0, "options", "pages"), 7, '["2081"]}', '["2081"], pages: 7}'),
        (ACME, ("names",), ["A, B", "C"], "    place: Borlänge\n", '    place: Borlänge\nnames: ["A, B", C]\n'),
        (ACME, ("name",), "NO", "name: Acme", "name: NO"),
        (ACME, ("name",), "0110", "name: Acme", 'name: "0110"'),
        (ACME, ("name",), "#1", "name: Acme", 'name: "#1"'),
        ("stories.yml", ("stories", "naturen", "text", "sv"), "Kort.", "sv: >-\n        Skogen börjar\n        där gatan slutar.", "sv: Kort."),
        ("channels.yml", ("channels", "handoff", "hashtags"), 1, "hashtags: 3}", "hashtags: 1}"),
        ("jobbfyr.yml", ("rules", "no_degree_share"), 0.5, "0.4", "0.5"),
    ],
)  # fmt: skip
def test_a_value_is_set_in_its_place(  # noqa: PLR0917 - a case's parts
    region: Path, file: str, path, value, old: str, new: str
) -> None:
    before = (region / file).read_text()
    assert before.count(old) == 1
    edit.set_value(region, registry(), file, path, value)
    assert (region / file).read_text() == before.replace(old, new)


@pytest.mark.parametrize(
    ("file", "path", "old", "new"),
    [
        (ACME, ("since",), "since: 2026-01-01\n", ""),
        (ACME, ("organization_number",), "organization_number: 556016-0680 # with a check digit\n", ""),
        (ACME, ("sources", 1), "  - name: career # its own page\n    kind: teamtailor\n    url: https://jobb.acme.example\n    place: Borlänge\n", ""),
        (ACME, ("sources", 1, "place"), "    place: Borlänge\n", ""),
        (ACME, ("sources", 0, "expect", "min"), "expect:\n      min: 1", "expect: {}"),
        (ACME, ("sources", 0, "options", "municipalities"), ', municipalities: ["2081"]', ""),
        (ACME, ("places", 0), "places: [Borlänge]", "places: []"),
        ("campaigns.yml", ("campaigns", "vardag", "channels", 0), "[toot, handoff]", "[handoff]"),
        ("campaigns.yml", ("campaigns", "vardag", "channels", 1), "[toot, handoff]", "[toot]"),
        ("stories.yml", ("stories", "naturen"), FILES["stories.yml"].partition("\n")[2].removesuffix("\n"), None),
    ],
)  # fmt: skip
def test_a_value_is_removed_with_its_key(region: Path, file: str, path, old: str, new: str | None) -> None:
    before = (region / file).read_text()
    edit.remove_value(region, registry(), file, path)
    expected = before.replace(old, new) if new is not None else "stories: {}\n"
    assert (region / file).read_text() == expected


def test_windows_line_ends_and_a_bom_stay(region: Path) -> None:
    body = b"\xef\xbb\xbf" + FILES[ACME].replace("\n", "\r\n").encode()
    (region / ACME).write_bytes(body)
    edit.set_value(region, registry(), ACME, ("until",), "2027-12-31")
    edit.set_value(region, registry(), ACME, ("name",), "Åkme")
    expected = body.replace(b"name: Acme", "name: Åkme".encode()) + b"until: 2027-12-31\r\n"
    assert (region / ACME).read_bytes() == expected


def test_an_edit_that_would_break_the_region_changes_nothing(region: Path) -> None:
    before = {path: path.read_bytes() for path in region.rglob("*") if path.is_file()}
    with pytest.raises(SettingsError, match=r"partners/acme.yml:4:7: tier: unknown tier 'stor'"):
        edit.set_value(region, registry(), ACME, ("tier",), "stor")
    with pytest.raises(SettingsError, match="unknown kind 'greenhose'"):
        edit.add_source(region, registry(), "acme", {"kind": "greenhose"})
    for path in (("nosuch",), ("sources", 9), ("name", "deeper")):
        with pytest.raises(UsageError, match="there is no"):
            edit.remove_value(region, registry(), ACME, path)
    with pytest.raises(UsageError, match="there is no"):
        edit.set_value(region, registry(), ACME, ("sources", 9, "kind"), "html")
    with pytest.raises(UsageError, match="no partner has the key"):
        edit.add_source(region, registry(), "nobody", CAREER)
    assert {path: path.read_bytes() for path in region.rglob("*") if path.is_file()} == before


def test_a_shared_value_is_not_changed_behind_the_operators_back(region: Path) -> None:
    (region / "tags.yml").write_text("topics:\n  a: &a\n    label: {sv: A}\n    words: [x]\n  b: *a\n  teknik: *a\n")
    with pytest.raises(UsageError, match="edit it by hand"):
        edit.set_value(region, registry(), "tags.yml", ("topics", "b", "label", "sv"), "B")


def test_a_missing_file_is_begun(region: Path) -> None:
    (region / "stories.yml").unlink()
    edit.set_value(region, registry(), "stories.yml", ("stories", "ny"), {"title": {"sv": "Ny"}, "text": {"sv": "Ny."}})
    assert (region / "stories.yml").read_text() == (
        "# yaml-language-server: $schema=.schema/stories.json\n"
        "stories:\n  ny:\n    title: {sv: Ny}\n    text: {sv: Ny.}\n"
    )


def test_the_file_keeps_its_mode_and_leaves_nothing_behind(region: Path) -> None:
    (region / ACME).chmod(0o640)
    edit.set_value(region, registry(), ACME, ("name",), "B")
    assert (region / ACME).stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in (region / "partners").iterdir()) == ["acme.yml"]


VALUES = st.one_of(
    st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(), max_size=3),
)  # fmt: skip


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in below:
        yield from _paths(value, (*path, key))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_edit_means_what_it_says_and_keeps_the_other_lines(data) -> None:
    text = data.draw(st.sampled_from([body for file, body in FILES.items() if file.endswith(".yml")]))
    root = parse(text, "f.yml").root
    assert root is not None
    path = data.draw(st.sampled_from([path for path in _paths(root.data()) if path]))
    wanted = copy.deepcopy(root.data())
    holder = wanted
    for step in path[:-1]:
        holder = holder[step]
    try:
        if data.draw(st.booleans()):
            value = data.draw(VALUES)
            holder[path[-1]] = value
            after = edit.with_value(text, path, value)
        else:
            del holder[path[-1]]
            after = edit.without_value(text, path)
    except UsageError:
        pytest.fail(f"{path} could not be edited")
    found = parse(after, "f.yml").root
    assert (found.data() if found else {}) == wanted or (found is not None and found.data() is None and not wanted)
    kept = [line for line in _lines(text) if line.lstrip().startswith("#")]
    assert [line for line in _lines(after) if line in kept] == kept


@given(VALUES, st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4))
def test_a_path_is_built_from_nothing(value, path: list[str]) -> None:
    text = edit.with_value("# only a comment\n", tuple(path), value)
    assert text.startswith("# only a comment\n")
    root = parse(text, "f.yml").root
    assert root is not None
    found = root.find(tuple(path))
    assert found is not None
    assert found.data() == value


def test_text_that_looks_like_something_else_is_quoted() -> None:
    for text in ("", "null", "1", "a: b", "- a", "#x", "a #b", "@x", "[", " a", "a ", "a:", "%x", "😀\u2028", "true"):
        assert parse(f"a: {emit.scalar(text)}\n", "f").root.data() == {"a": text}  # type: ignore[union-attr] # it is there
