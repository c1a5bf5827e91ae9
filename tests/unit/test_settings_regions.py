"""The regions that are shipped: whole, true to their schema, readable, and ready to be somebody's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from aggregator.errors import UsageError
from aggregator.model import Content, ContentKind
from aggregator.settings import Registry, Settings, init_region, load, schemas, write_schemas
from aggregator.settings.schema import schema_line
from aggregator.settings.yamltree import parse
from publishers.base import Limits, channel_kinds
from publishers.cards.brand import contrast
from publishers.compose import Draft, Item, Templates, check_template, compose
from spiders.base import kinds
from tests.support.region_folder import FILES, registry, write_region

CONFIG = Path(__file__).parents[2] / "config"
REGIONS = ("dalarna", "hoga-kusten", "empty")
ALL_REGIONS = (*REGIONS, "demo")
TRUE_REGIONS = ("dalarna", "hoga-kusten")


@pytest.fixture(scope="module")
def real() -> Registry:
    channels = channel_kinds()
    return Registry(
        kinds={name: kind.Options for name, kind in kinds().items()},
        channels={name: kind.Options for name, kind in channels.items()},
        without_posts=frozenset(name for name, kind in channels.items() if not kind.takes_posts),
        template_check=check_template,
    )


@pytest.fixture(scope="module")
def made(real: Registry) -> dict[str, dict[str, Any]]:
    return schemas(real)


@pytest.fixture(scope="module")
def own() -> dict[str, dict[str, Any]]:
    return schemas(registry())


def _load(region: str, real: Registry) -> Settings:
    return load(CONFIG / region, real)


def _yaml_files(folder: Path) -> list[str]:
    files = [*FILES, *(path.relative_to(folder).as_posix() for path in folder.glob("partners/*.yml"))]
    return sorted({file for file in files if file.endswith(".yml") and (folder / file).is_file()})


@pytest.mark.parametrize("region", REGIONS)
def test_it_loads_with_the_real_kinds_and_channels(region: str, real: Registry) -> None:
    read = _load(region, real)
    assert {entry.kind for entry in read.channels} >= {"site", "bluesky", "mastodon", "x", "handoff", "console"}
    assert next(entry for entry in read.channels if entry.kind == "site").options.enabled  # type: ignore[attr-defined]


@pytest.mark.parametrize("region", ALL_REGIONS)
def test_every_source_starts_with_the_options_it_is_given(region: str, real: Registry) -> None:
    for source in _load(region, real).sources:
        assert all(fetch.url for fetch in kinds()[source.kind](source).start())


@pytest.mark.parametrize(("region", "codes"), [
    ("dalarna", "2021 2023 2026 2029 2031 2034 2039 2061 2062 2080 2081 2082 2083 2084 2085"),
    ("hoga-kusten", "2280 2282 2283 2284"),
])  # fmt: skip
def test_the_municipalities_are_the_regions(region: str, codes: str, real: Registry) -> None:
    assert sorted(_load(region, real).region.municipalities) == codes.split()


@pytest.mark.parametrize("region", TRUE_REGIONS)
def test_tiers_partners_and_stories_are_complete(region: str, real: Registry) -> None:
    read = _load(region, real)
    assert (min(tier.fee for tier in read.tiers), max(tier.fee for tier in read.tiers)) == (25_000, 200_000)
    assert all(tier.promises for tier in read.tiers)
    assert 8 <= len(read.partners) <= 15
    assert len(read.sources) == len(read.partners)
    for partner in read.partners:
        assert set(partner.presentation) == {"sv", "en"}
        assert set(partner.places) <= set(read.region.municipalities)
        assert partner.since is None, "no partnership is claimed"
    assert all(source.kind == "platsbanken" for source in read.sources)
    assert len(read.stories) >= 6
    for story in read.stories:
        assert set(story.title) == set(story.text) == {"sv", "en"}
        assert max(len(text) for text in story.text.values()) <= 220
    assert {kind for campaign in read.campaigns for kind in campaign.content} == set(ContentKind)
    assert {campaign.language for campaign in read.campaigns} == {"sv", "en"}


@pytest.mark.parametrize("region", TRUE_REGIONS)
def test_what_is_promised_fits_the_slots(region: str, real: Registry) -> None:
    read = _load(region, real)
    a_year = {"month": 12, "quarter": 4, "year": 1}
    tiers = {tier.key: tier for tier in read.tiers}
    for content in (ContentKind.VACANCY, ContentKind.SPOTLIGHT):
        promised = sum(
            promise.posts * a_year[promise.per]
            for partner in read.partners
            for promise in tiers[partner.tier].promises
            if promise.content is content
        )
        slots = sum(52 * len(one.slots) for one in read.campaigns if content in one.content and one.language == "sv")
        assert promised <= 0.95 * slots, content  # red days and weeks without a fitting vacancy take their share


@pytest.mark.parametrize("region", REGIONS)
def test_the_brand_can_be_read(region: str, real: Registry) -> None:
    brand = _load(region, real).brand
    assert contrast(brand.primary, "#ffffff") >= 4.5
    assert contrast(brand.primary, brand.accent) >= 4.5
    assert brand.mark is not None
    assert "<script" not in brand.mark.read_text()


@pytest.mark.parametrize("region", TRUE_REGIONS)
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", [*(kind.value for kind in ContentKind), "closed"])
def test_its_templates_make_posts_that_fit(region: str, language: str, kind: str) -> None:
    folder = CONFIG / region / "templates"
    assert (folder / f"{kind}.{language}.txt.j2").is_file()
    content = ContentKind(kind) if kind != "closed" else ContentKind.VACANCY
    items = tuple(Item(title=f"Jobb {number}", employer="Bolaget", places=("Falun",)) for number in range(5))
    draft = Draft(
        content=Content(kind=content, key="k"), language=language, title="Svetsare", employer="Bolaget", places=("Mora",),
        text="En text.", link="https://jobb.example.org/jobb/abc/", region="Dalarna", hashtags=("Dalarna",), items=items,
        needs_no_degree=True,
    )  # fmt: skip
    limits = Limits(count="graphemes", text=300, bytes=3000)
    message = compose(draft, limits, Templates(folder), template=kind)
    assert draft.link in message.text
    assert len(message.text) <= 300
    wanted = {"round-up": "Jobb 3", "story": "En text.", "spotlight": "En text."}.get(kind, "Svetsare")
    assert wanted in message.text


@pytest.mark.parametrize("region", REGIONS)
def test_no_secret_and_no_person_stands_in_it(region: str) -> None:
    for path in (CONFIG / region).rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert set(re.findall(r"[\w.]+@[\w.]+\.\w+", text)) <= {"webmaster@example.org"}
            assert not re.search(r"\b0\d{1,3}[- ]\d{2,3} ?\d{2} ?\d{2}\b", text)


# --- schemas --------------------------------------------------------------------------------------------------------


def _errors(schema: dict[str, Any], data) -> list[str]:
    validator = jsonschema.Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(data)]


@pytest.mark.parametrize("region", ALL_REGIONS)
def test_every_file_fits_its_schema_and_names_it(region: str, real: Registry, made, tmp_path: Path) -> None:
    init_region(CONFIG / region, tmp_path / "r")
    write_schemas(tmp_path / "r", real)
    for file in _yaml_files(CONFIG / region):
        text = (CONFIG / region / file).read_text("utf-8")
        first = text.splitlines()[0]
        assert first == schema_line(file)
        assert ((tmp_path / "r" / file).parent / first.partition("$schema=")[2]).is_file()
        root = parse(text, file).root
        assert root is not None
        assert _errors(made[Path(first).name], root.data()) == [], file


def test_the_schemas_are_schemas_and_every_key_is_described(made) -> None:
    for name, schema in made.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        ours = [schema, *(one for key, one in schema.get("$defs", {}).items() if "." not in key)]
        for part in ours:
            for key, value in part.get("properties", {}).items():
                assert "description" in value or "$ref" in value, f"{name}: {key}"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("partners/acme.yml", "kind: teamtailor", "kind: greenhose"),
        ("partners/acme.yml", "employer: Acme", "employr: Acme"),
        ("partners/acme.yml", "    url: https://jobb.acme.example\n", ""),
        ("partners/acme.yml", "since: 2026-01-01", "since: 2026"),
        ("partners/acme.yml", "website:", "webbsite:"),
        ("channels.yml", "kind: mastodon", "kind: handoff"),
        ("channels.yml", "{env: MASTODON_TOKEN}", "secret"),
        ("channels.yml", "toot:", "Toot!:"),
        ("jobbfyr.yml", "fee: 25000", "fee: dyrt"),
        ("jobbfyr.yml", "sqlite:///", "mysql://"),
        ("campaigns.yml", "07:30", "7:30"),
        ("campaigns.yml", "[mon, fri]", "[fredag]"),
        ("stories.yml", "title:", "titel:"),
        ("tags.yml", '"9629"', "9629"),
        ("brand/brand.yml", '"#8a1c1c"', "red"),
    ],
)
def test_a_broken_file_does_not_fit_its_schema(own, file: str, old: str, new: str) -> None:
    stem = "partner" if file.startswith("partners/") else Path(file).stem
    schema = own[f"{stem}.json"]
    for text, whole in ((FILES[file], True), (FILES[file].replace(old, new), False)):
        root = parse(text, file).root
        assert root is not None
        assert (not _errors(schema, root.data())) is whole


def test_schemas_are_written_once(tmp_path: Path) -> None:
    write_region(tmp_path)
    first = write_schemas(tmp_path, registry())
    stamps = [path.stat().st_mtime_ns for path in first]
    assert [path.stat().st_mtime_ns for path in write_schemas(tmp_path, registry())] == stamps
    options = json.loads((tmp_path / ".schema/partner.json").read_text())["$defs"]["SourceModel"]["allOf"]
    board = next(case for case in options if case["if"]["properties"]["kind"]["const"] == "platsbanken")
    assert (
        board["then"]["properties"]["options"]["properties"]["pages"]["description"]
        == "How many pages are read at most."
    )


# --- a new region ---------------------------------------------------------------------------------------------------


def test_a_region_is_copied_and_loads(tmp_path: Path, real: Registry) -> None:
    target = tmp_path / "min region"
    written = init_region(CONFIG / "dalarna", target)
    assert set(written) == {path for path in target.rglob("*") if path.is_file()}
    assert load(target, real).region.key == "dalarna"
    example = (target / ".env.example").read_text()
    assert re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE) == [
        "BLUESKY_APP_PASSWORD", "MASTODON_TOKEN", "X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET",
    ]  # fmt: skip
    assert "channels.yml: channels.bluesky.password" in example
    assert {"/output/", "*.db", ".env"} <= set((target / ".gitignore").read_text().splitlines())


def test_what_was_made_at_run_time_is_not_copied(tmp_path: Path) -> None:
    source = write_region(tmp_path / "a")
    for name in ("jobbfyr.db", "jobbfyr.db-wal", "run.lock", ".env", "output/site/index.html", ".schema/partner.json"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("x")
    init_region(source, tmp_path / "b")
    copied = {path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*") if path.is_file()}
    assert copied == {*FILES, ".gitignore", ".env.example"}


def test_a_folder_in_use_is_refused_and_force_keeps_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "tags.yml").write_text("topics: {}\n")
    with pytest.raises(UsageError, match="is not empty"):
        init_region(CONFIG / "empty", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt", "tags.yml"]
    init_region(CONFIG / "empty", tmp_path, force=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "tags.yml").read_bytes() == (CONFIG / "empty/tags.yml").read_bytes()


def test_what_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        init_region(CONFIG / "empty", tmp_path / "file")
    with pytest.raises(UsageError, match="cannot be written"):
        init_region(CONFIG / "empty", tmp_path / "file/below")
    with pytest.raises(UsageError, match="there is no region"):
        init_region(tmp_path, tmp_path / "new")
