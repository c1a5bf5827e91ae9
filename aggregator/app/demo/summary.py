"""What the demo leaves behind: the posts as texts, one page to look at, and the same in JSON."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import Any

from aggregator.app.cycle import summary as cycle_summary
from aggregator.app.demo.run import Day, Demo
from aggregator.app.demo.square import SquarePost
from aggregator.app.output import jsonable

NETWORKS = {"bluesky": "Bluesky", "mastodon": "Mastodon", "x": "X"}
DAY_NAMES = ("The first morning", "The second morning")


def write_summary(demo: Demo) -> dict[str, Any]:
    """Write texts, cards, the site's copy and the page; returns the facts that `--json` shows."""
    output = demo.region / "output"
    shutil.copytree(output / "site", demo.folder / "site", dirs_exist_ok=True)
    _open_from_disk(demo.folder / "site")
    shutil.copytree(output / "cards", demo.folder / "cards", dirs_exist_ok=True)
    texts = _write_texts(demo)
    facts = {
        "folder": str(demo.folder),
        "open": str(demo.folder / "index.html"),
        "site": str(demo.folder / "site" / "index.html"),
        "database": str(demo.region / "jobbfyr.db"),
        "texts": texts,
        "packs": len(list((demo.folder / "texts" / "handoff").glob("*.zip"))),
        "cards": len(list((demo.folder / "cards").glob("*.png"))),
        "partner_sites": len(demo.world.sites),
        "listed_vacancies": sum(len(site.jobs) for site in demo.world.sites) + len(demo.world.copies),
        "days": [_day_facts(day) for day in demo.days],
    }
    (demo.folder / "summary.json").write_text(json.dumps(jsonable(facts), ensure_ascii=False, indent=2) + "\n", "utf-8")
    (demo.folder / "index.html").write_text(_page(demo, facts), "utf-8")
    return facts


def _open_from_disk(site: Path) -> None:
    """Let links to folders name their index.html, so that the copy can be walked without a web server."""
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        page.write_text(re.sub(r'href="(\.[^"#?:]*/)([#?][^"]*)?"', r'href="\1index.html\2"', text), "utf-8")


def _day_facts(day: Day) -> dict[str, Any]:
    return cycle_summary(day.report) | {
        "at": day.at,
        "open_vacancies": day.open_vacancies,
        "postings": day.postings,
        "standing_posts": sum(not post.deleted for post in day.posts),
        "taken_down_posts": sum(post.deleted for post in day.posts),
        "problems": [
            {"level": p.level, "code": p.code, "where": p.where, "message": p.message} for p in day.report.problems
        ],
    }


def _write_texts(demo: Demo) -> int:
    """Each channel's texts as files, one a post, in the order in which they were posted."""
    count = 0
    for network in NETWORKS:
        folder = demo.folder / "texts" / network
        folder.mkdir(parents=True, exist_ok=True)
        for number, post in enumerate((p for p in demo.days[-1].posts if p.network == network), 1):
            state = "taken down on the second morning\n\n" if post.deleted else ""
            alts = "".join(f"\n[picture: {alt}]" for alt in post.alts)
            (folder / f"{number:02}.txt").write_text(f"{state}{post.text}\n{alts}\n", "utf-8")
            count += 1
    packs = demo.region / "output" / "handoff"
    if packs.is_dir():
        shutil.copytree(packs, demo.folder / "texts" / "handoff", dirs_exist_ok=True)
    return count


def _page(demo: Demo, facts: dict[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader

    here = Path(__file__).parent
    room = Environment(loader=FileSystemLoader(here), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return room.get_template("summary.html.j2").render(
        style=(here / "summary.css").read_text("utf-8"),
        facts=facts,
        region=demo.region,
        days=[_day_view(demo, number) for number in range(len(demo.days))],
    )


def _day_view(demo: Demo, number: int) -> dict[str, Any]:
    """What the page tells of one day: numbers, the posts that came and went, the sources' verdicts, the problems."""
    day = demo.days[number]
    before = {(post.network, post.id): post for post in demo.days[number - 1].posts} if number else {}
    new = [post for post in day.posts if (post.network, post.id) not in before]
    fallen = [p for p in day.posts if p.deleted and (p.network, p.id) in before and not before[p.network, p.id].deleted]
    collected = day.report.collected
    changes = dict(collected.changes) if collected else {}
    return {
        "name": DAY_NAMES[number],
        "numbers": [
            (day.postings, "live ads"),
            (day.open_vacancies, "vacancies behind them"),
            (changes.get("opened", 0), "ads opened"),
            (changes.get("updated", 0), "ads edited"),
            (changes.get("closed", 0), "ads closed"),
            (len(new), "posts sent"),
            (len(fallen), "posts taken down"),
        ],
        "new": [_post_view(post) for post in new],
        "fallen": [_post_view(post) for post in fallen],
        "sources": sorted(collected.verdicts.items()) if collected else [],
        "problems": [problem for problem in day.report.problems if problem.level != "info"],
    }


def _post_view(post: SquarePost) -> dict[str, Any]:
    return {
        "network": NETWORKS[post.network],
        "text": post.text,
        "deleted": post.deleted,
        "picture": base64.b64encode(post.images[0]).decode() if post.images else "",
        "alt": post.alts[0] if post.alts else "",
    }
