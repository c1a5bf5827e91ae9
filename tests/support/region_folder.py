"""A small, faultless region for tests to break, and a registry that needs no other room."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from aggregator.settings.secrets import EnvSecret
from aggregator.settings.types import Registry


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoOptions(Strict):
    pass


class BoardOptions(Strict):
    """A job board that asks for an employer."""

    employer: str = ""
    organization_numbers: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    pages: int = 20
    """How many pages are read at most."""

    @model_validator(mode="after")
    def _somebody(self) -> BoardOptions:
        if not self.employer and not self.organization_numbers:
            raise ValueError("say whose ads: employer or organization_numbers")
        return self


class ChannelOptions(Strict):
    enabled: bool = True
    hashtags: int = 2


class NetworkOptions(ChannelOptions):
    server: str
    token: EnvSecret
    when_short: Literal["wait", "drop-link"] = "wait"


class FolderOptions(ChannelOptions):
    folder: str = "handoff"


def registry() -> Registry:
    return Registry(
        kinds={
            "platsbanken": BoardOptions,
            "teamtailor": NoOptions,
            "greenhouse": NoOptions,
            "html": NoOptions,
        },
        channels={"site": ChannelOptions, "mastodon": NetworkOptions, "handoff": FolderOptions},
    )


FILES = {
    "jobbfyr.yml": """\
region:
  key: dalarna
  name: {sv: Dalarna, en: Dalarna}
  languages: [sv, en]
  municipalities:
    - Borlänge
    - "2080"
  areas:
    falun-borlange:
      name: {sv: Falun Borlänge}
      municipalities: [Falun, Borlänge]
  hashtags:
    sv: [Dalarna]
operator:
  name: Kontoret
  contact: webb@example.org
database: sqlite:///jobbfyr.db
output: output
site:
  address: https://jobb.example.org/
  title: {sv: Lediga jobb, en: Jobs}
  intro: {sv: Hos oss., en: With us.}
collect:
  seconds_between_requests: 1
  timeout: 30
tiers:
  liten:
    name: {sv: Liten, en: Small}
    fee: 25000
    max_employees: 49
    promises:
      - {content: vacancy, posts: 2, per: quarter}
rules:
  no_degree_share: 0.4
""",
    "partners/acme.yml": """\
# The first partner.
key: acme
name: Acme
tier: liten
since: 2026-01-01
website: https://acme.example
organization_number: 556016-0680 # with a check digit
places: [Borlänge]
presentation:
  sv: Gör saker.
sources:
  - kind: platsbanken
    options: {employer: Acme, municipalities: ["2081"]}
    expect:
      min: 1
  - name: career # its own page
    kind: teamtailor
    url: https://jobb.acme.example
    place: Borlänge
""",
    "channels.yml": """\
channels:
  site:
    kind: site
  toot:
    kind: mastodon
    server: https://social.example
    token: {env: MASTODON_TOKEN}
  handoff: {kind: handoff, hashtags: 3}
""",
    "campaigns.yml": """\
campaigns:
  vardag:
    name: {sv: Dagens jobb}
    content: [vacancy, story]
    channels: [toot, handoff]
    language: sv
    slots:
      - {days: [mon, fri], times: [07:30, 16:45]}
    wish:
      tags:
        education: [none, upper-secondary]
        topic: [teknik]
      partners: [acme]
    first: 2026-01-01
    last: 2026-12-31
""",
    "stories.yml": """\
stories:
  naturen:
    title: {sv: Naturen, en: Nature}
    text:
      sv: >-
        Skogen börjar
        där gatan slutar.
      en: The forest begins where the street ends.
""",
    "tags.yml": """\
topics:
  teknik:
    label: {sv: Teknik}
    words: [svets*]
    ssyk: ["214"]
titles:
  - words: [skötare, skidbacke]
    ssyk: "9629"
""",
    "brand/brand.yml": """\
colours:
  primary: "#8a1c1c"
  accent: "#ffcf5c"
mark: brand/mark.svg
""",
    "brand/mark.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    "templates/vacancy.sv.txt.j2": "{{ title }}\n{{ link }}\n",
    "templates/toot/vacancy.sv.txt.j2": "{{ title }}\n",
}


def write_region(folder: Path, changed: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the region into `folder`, some files changed (None: left out); gives the folder."""
    return write_files(folder, {**FILES, **(changed or {})})


def write_files(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    for file, body in files.items():
        if body is None:
            continue
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return folder
