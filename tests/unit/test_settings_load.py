"""A faultless region becomes the house's own types; no bytes whatever make `load` raise anything but SettingsError."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import Fault, SettingsError, UsageError
from aggregator.model import ContentKind, Expect, Period, Promise, SlotTime
from aggregator.settings import load
from aggregator.settings.quick import database_of
from tests.support.region_folder import FILES, registry, write_region


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return write_region(tmp_path / "region")


def test_the_region_and_its_rules(region: Path) -> None:
    read = load(region, registry())
    assert (read.region.key, read.region.municipalities) == ("dalarna", ("2081", "2080"))
    assert read.rules.municipalities == ("2081", "2080")
    assert (read.rules.no_degree_share, read.rules.time_zone) == (0.4, "Europe/Stockholm")
    assert read.region.areas[0].municipalities == ("2080", "2081")
    assert read.region.hashtags == {"sv": ("Dalarna",)}
    assert read.site.address == "https://jobb.example.org"
    assert read.database.address == f"sqlite:///{region}/jobbfyr.db"
    assert read.output == region / "output"
    assert read.brand.mark == region / "brand/mark.svg"
    assert read.collect.seconds_between_requests == 1.0
    assert read.folder == region


def test_partners_sources_and_tiers(region: Path) -> None:
    read = load(region, registry())
    (partner,) = read.partners
    assert (partner.since, partner.organization_number, partner.places) == (date(2026, 1, 1), "556016-0680", ("2081",))
    assert partner.presentation == {"sv": "Gör saker."}
    board, career = read.sources
    assert (board.key, board.partner, board.kind, board.expect) == (
        "acme/platsbanken",
        "acme",
        "platsbanken",
        Expect(min=1),
    )
    assert board.options == {"employer": "Acme", "municipalities": ["2081"]}
    assert registry().kinds["platsbanken"].model_validate(dict(board.options))
    assert (career.key, career.url, career.place) == ("acme/career", "https://jobb.acme.example", "Borlänge")
    (tier,) = read.tiers
    assert (tier.fee, tier.max_employees) == (25000, 49)
    assert tier.promises == (Promise(content=ContentKind.VACANCY, posts=2, per=Period.QUARTER),)


def test_channels_campaigns_stories_and_tags(region: Path) -> None:
    read = load(region, registry())
    assert [(entry.name, entry.kind) for entry in read.channels] == [
        ("site", "site"),
        ("toot", "mastodon"),
        ("handoff", "handoff"),
    ]
    assert read.channels[1].options.token.env == "MASTODON_TOKEN"  # type: ignore[attr-defined] # the kind's own options
    (campaign,) = read.campaigns
    assert campaign.content == (ContentKind.VACANCY, ContentKind.STORY)
    assert campaign.slots == tuple(SlotTime(weekday=day, time=time) for day in (0, 4) for time in ("07:30", "16:45"))
    assert campaign.wish.tags == {"education": ("none", "upper-secondary"), "topic": ("teknik",)}
    assert (campaign.first, campaign.last) == (date(2026, 1, 1), date(2026, 12, 31))
    (story,) = read.stories
    assert story.text["sv"] == "Skogen börjar där gatan slutar."
    assert read.tags.topics[0].ssyk == ("214",)
    assert read.tags.overrides[0].words == ("skötare", "skidbacke")
    assert read.tags.places == {"acme/career": "Borlänge"}
    assert read.tags.municipalities == read.region.municipalities


def test_only_the_main_file_is_needed(tmp_path: Path) -> None:
    read = load(write_region(tmp_path, {file: None for file in FILES if file != "jobbfyr.yml"}), registry())
    assert (read.partners, read.channels, read.campaigns, read.stories) == ((), (), (), ())
    assert read.brand.mark is None


def test_hidden_files_copies_and_other_programs_yaml_are_not_ours(region: Path) -> None:
    (region / "partners/.acme.yml.swp").write_text("x")
    (region / "partners/acme.yml~").write_text("x: [")
    (region / "docker-compose.yml").write_text("services: {}\n")
    (region / "partners/notes.md").write_text("x")
    assert len(load(region, registry()).partners) == 1


def test_a_password_is_revealed_only_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "{address: postgresql+psycopg://jobb@localhost/jobb, password: {env: JOBBFYR_TEST_PW}}"
    text = FILES["jobbfyr.yml"].replace("sqlite:///jobbfyr.db", address)
    monkeypatch.setenv("JOBBFYR_TEST_PW", "p@ss/word")
    read = load(write_region(tmp_path, {"jobbfyr.yml": text}), registry())
    assert "p@ss" not in repr(read)
    assert read.database.reveal() == "postgresql+psycopg://jobb:p%40ss%2Fword@localhost/jobb"
    assert database_of(tmp_path)[0] == read.database.reveal()
    monkeypatch.delenv("JOBBFYR_TEST_PW")
    with pytest.raises(UsageError, match="JOBBFYR_TEST_PW"):
        database_of(tmp_path)


def test_what_is_about_to_be_written_can_be_tried(region: Path) -> None:
    read = load(
        region, registry(), overlay={"partners/acme.yml": FILES["partners/acme.yml"].replace("Acme", "Ny").encode()}
    )
    assert read.partners[0].name == "Ny"
    assert load(region, registry()).partners[0].name == "Acme"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from([*FILES, "partners/new.yml"]), body=st.binary(max_size=80))
def test_no_bytes_in_any_file_raise_anything_else(region: Path, file: str, body: bytes) -> None:
    path, whole = region / file, FILES.get(file, "").encode()
    for new in (body, whole[:60] + body):
        path.write_bytes(new)
        with contextlib.suppress(SettingsError):
            load(region, registry())
    path.write_bytes(whole) if whole else path.unlink()


MUTATIONS = st.sampled_from(
    ["", "null", "[]", "{}", "[{}]", "{a: {b: c}}", "-1", "1e400", "99999999999999999999999", "true", '"\\ud800"', "x" * 300,
     "2026-13-45", "[[[]]]", '"\\0"', "/", "..", "sqlite:///", "http://[", "https://a:99999/", "{env: }", "{env: [A]}", "&a x"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_anywhere_raises_anything_else(region: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([file for file in FILES if file.endswith(".yml")]))
    lines = FILES[file].splitlines()
    at = data.draw(st.sampled_from([at for at, line in enumerate(lines) if ":" in line]))
    lines[at] = lines[at].partition(":")[0] + ": " + data.draw(MUTATIONS)
    faults: tuple[Fault, ...] = ()
    try:
        load(region, registry(), overlay={file: "\n".join(lines).encode()})
    except SettingsError as error:
        faults = error.faults or (Fault(file="", line=0, column=0, path="", message="an error without faults"),)
    for fault in faults:
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.message.strip()
        assert "\n" not in str(fault)
        assert "pydantic" not in str(fault)
        assert "Input" not in str(fault)
