"""YAML 1.2's core schema, and places that point where an eye would look."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.settings import emit
from aggregator.settings.yamltree import Node, parse, resolve, show


def _data(text: str):
    parsed = parse(text, "f.yml")
    assert not parsed.faults, [str(fault) for fault in parsed.faults]
    assert parsed.root is not None
    return parsed.root.data()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("off", "off"),
        ("y", "y"),
        ("0110", 110),
        ("0o17", 15),
        ("0x1F", 31),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-01-01", "2026-01-01"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-7", -7),
        ("~", None),
        ("null", None),
        ("True", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("=", "="),
        ("<<", "<<"),
        ("0b11", "0b11"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(written: str, meant) -> None:
    assert resolve(written) == meant
    assert type(resolve(written)) is type(meant)
    assert _data(f"a: {written}\n") == {"a": meant}
    assert _data(f'a: "{written}"\n') == {"a": written}


def test_a_folded_text_a_list_and_a_flow_mapping() -> None:
    assert _data("a: >-\n  one\n  two\n\n  three\nb:\n- x\n- {y: z}\n") == {
        "a": "one two\nthree",
        "b": ["x", {"y": "z"}],
    }


def test_anchors_are_followed_as_values() -> None:
    assert _data("a: &one [1, 2]\nb: *one\n") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_places_count_from_one_and_know_all_line_ends(newline: str) -> None:
    text = newline.join(["# först", "åäö:", "  - kind: x", ""])
    root = parse(text, "f.yml").root
    assert root is not None
    found = root.find(("åäö", 0, "kind"))
    assert found is not None
    assert (found.line, found.column, text[found.start : found.end]) == (3, 11, "x")


def test_an_empty_value_stands_behind_its_key() -> None:
    root = parse("a:\n\n# later\nb: 1\n", "f.yml").root
    assert root is not None
    found = root.find(("a",))
    assert found is not None
    assert (found.line, found.column) == (1, 3)


def test_paths_are_shown_as_people_write_them() -> None:
    assert show(("sources", 0, "options", "employer")) == "sources[0].options.employer"
    assert show(()) == ""


def test_a_bom_of_windows_is_no_part_of_the_first_key() -> None:
    from aggregator.settings.yamltree import decode

    text, faults = decode(b"\xef\xbb\xbfa: 1\n", "f.yml")
    assert not faults
    assert _data(text) == {"a": 1}


def _inside(text: str, node: Node) -> None:
    for key, value in node.entries.items():
        assert 0 <= node.start <= value.start <= value.end <= len(text)
        assert node.keys[key].line >= 1
        _inside(text, value)
    for item in node.items:
        assert node.start <= item.start <= item.end <= len(text)
        _inside(text, item)


@given(st.text(st.sampled_from("ab: -\n\t[]{}&*!|>'\"%@#,?~\\\u2028\x85\ufeff\x00é"), max_size=40))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    parsed = parse(text, "f.yml")
    assert parsed.root is None or not parsed.faults or parsed.root.kind == "map"
    for fault in parsed.faults:
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.message
        assert "\n" not in fault.message
    if parsed.root is not None and "*" not in text:
        _inside(text, parsed.root)


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(value) -> None:
    wanted = json.loads(json.dumps(value))
    assert _data("\n".join(emit.block(value, 0)) + "\n") == wanted
    assert _data(f"a: {emit.flow(value)}\n") == {"a": wanted}
