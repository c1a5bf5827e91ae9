"""What the demo leaves behind: the posts as texts, one page to look at, and the same in JSON."""

from __future__ import annotations

import base64
import json
import shutil
from html import escape
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
    shutil.copytree(output / "cards", demo.folder / "cards", dirs_exist_ok=True)
    texts = _write_texts(demo)
    facts = {
        "folder": str(demo.folder),
        "open": str(demo.folder / "index.html"),
        "site": str(demo.folder / "site" / "index.html"),
        "database": str(demo.region / "jobbfyr.db"),
        "texts": texts,
        "cards": len(list((demo.folder / "cards").glob("*.png"))),
        "partner_sites": len(demo.world.sites),
        "listed_vacancies": sum(len(site.jobs) for site in demo.world.sites) + len(demo.world.copies),
        "days": [_day_facts(day) for day in demo.days],
    }
    (demo.folder / "summary.json").write_text(json.dumps(jsonable(facts), ensure_ascii=False, indent=2) + "\n", "utf-8")
    (demo.folder / "index.html").write_text(_page(demo, facts), "utf-8")
    return facts


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


STYLE = """
:root{color-scheme:light dark;--ink:#14222e;--soft:#4a5a68;--paper:#f6f4ef;--card:#fff;--line:#d9d4c7;--sea:#12355b;--lamp:#f6ae2d}
@media(prefers-color-scheme:dark){:root{--ink:#eef2f5;--soft:#b4c0ca;--paper:#0d1822;--card:#152431;--line:#2b3d4c;--sea:#9cc3ea}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.55 system-ui,sans-serif}
header{background:#12355b;color:#fff;padding:2.5rem 1rem}header>*{max-width:68rem;margin:0 auto}h1{margin:0 auto .3rem;font-size:clamp(1.7rem,5vw,2.6rem)}
main{max-width:68rem;margin:0 auto;padding:1rem}h2{margin:2.2rem 0 .6rem;font-size:1.5rem}h3{margin:1.4rem 0 .5rem;font-size:1.1rem}
.go{display:inline-block;margin:1rem .6rem 0 0;padding:.7rem 1.1rem;border-radius:.5rem;background:#f6ae2d;color:#14222e;font-weight:650;text-decoration:none}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.7rem;padding:0;list-style:none}
.facts li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem}.facts b{display:block;font-size:1.7rem;line-height:1.1}
.posts{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem}
article{background:var(--card);border:1px solid var(--line);border-radius:.7rem;overflow:hidden}article p{margin:.8rem 1rem;white-space:pre-line;overflow-wrap:anywhere}
article img{display:block;width:100%;height:auto}.net{font-weight:650;color:var(--soft);font-size:.9rem}.down{border-style:dashed}.down p.text{text-decoration:line-through;color:var(--soft)}
.down img{filter:grayscale(1)}.gone{font-weight:650;color:#a3271d}@media(prefers-color-scheme:dark){.gone{color:#ff9d92}}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.45rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.wide{overflow-x:auto}code{font-size:.92em}a{color:var(--sea)}header a{color:#14222e}
"""


def _page(demo: Demo, facts: dict[str, Any]) -> str:
    days = "".join(_day_html(demo, number) for number in range(len(demo.days)))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>The Jobbfyr demo: two mornings in Fyrbygden</title><style>{STYLE}</style></head><body>
<header><h1>Two mornings in Fyrbygden</h1>
<p>{facts["partner_sites"]} invented partner companies listed {facts["listed_vacancies"]} ads on their own sites and on a national board.
Jobbfyr ran twice, a day apart. This is what people saw, and what the operator was told.</p>
<p><a class="go" href="site/index.html">Open the web site</a><a class="go" href="texts/">Texts</a><a class="go" href="cards/">Share cards</a></p></header>
<main>{days}
<h2>Look further</h2>
<p>The region's folder is <code>region/</code>, its database <code>region/jobbfyr.db</code>. Try
<code>jobbfyr why svetsare --config {escape(str(demo.region))}</code>,
<code>jobbfyr plan --config {escape(str(demo.region))}</code> or
<code>jobbfyr problems --config {escape(str(demo.region))}</code>.</p>
</main></body></html>
"""


def _day_html(demo: Demo, number: int) -> str:
    day = demo.days[number]
    before = {(post.network, post.id): post for post in demo.days[number - 1].posts} if number else {}
    new = [post for post in day.posts if (post.network, post.id) not in before]
    fallen = [p for p in day.posts if p.deleted and (p.network, p.id) in before and not before[p.network, p.id].deleted]
    collected = day.report.collected
    changes = dict(collected.changes) if collected else {}
    told = [
        (day.postings, "live ads"),
        (day.open_vacancies, "vacancies behind them"),
        (changes.get("opened", 0), "ads opened"),
        (changes.get("updated", 0), "ads edited"),
        (changes.get("closed", 0), "ads closed"),
        (len(new), "posts sent"),
        (len(fallen), "posts taken down"),
    ]
    facts = "".join(f"<li><b>{value}</b>{escape(name)}</li>" for value, name in told)
    taken = f"<h3>Taken down, because the vacancy closed</h3><div class=posts>{_posts(fallen)}</div>" if fallen else ""
    return (
        f"<h2>{DAY_NAMES[number]}</h2><ul class=facts>{facts}</ul>{taken}"
        f"<h3>Posted</h3><div class=posts>{_posts(new) or '<p>Nothing was due.</p>'}</div>{_sources(day)}{_problems(day)}"
    )


def _posts(posts: list[SquarePost]) -> str:
    return "".join(_post(post) for post in posts)


def _post(post: SquarePost) -> str:
    picture = ""
    if post.images:
        data = base64.b64encode(post.images[0]).decode()
        picture = (
            f'<img src="data:image/png;base64,{data}" alt="{escape(post.alts[0] if post.alts else "")}" loading="lazy">'
        )
    gone = '<p class="gone">Taken down</p>' if post.deleted else ""
    return (
        f'<article class="{"down" if post.deleted else "up"}"><p class=net>{NETWORKS[post.network]}</p>{gone}'
        f"<p class=text>{escape(post.text)}</p>{picture}</article>"
    )


def _sources(day: Day) -> str:
    collected = day.report.collected
    if collected is None:
        return ""
    rows = "".join(
        f"<tr><td>{escape(key)}</td><td>{verdict.health.value}{' · in quarantine' if verdict.quarantine else ''}</td>"
        f"<td>{escape(verdict.reason)}</td></tr>"
        for key, verdict in sorted(collected.verdicts.items())
    )
    return f"<h3>The sources</h3><div class=wide><table><tr><th>source</th><th>verdict</th><th>why</th></tr>{rows}</table></div>"


def _problems(day: Day) -> str:
    rows = "".join(
        f"<tr><td>{problem.level}</td><td>{escape(problem.where)}</td><td>{escape(problem.message)}</td></tr>"
        for problem in day.report.problems
        if problem.level != "info"
    )
    if not rows:
        return ""
    return (
        "<h3>What the operator was told</h3><div class=wide><table><tr><th>level</th><th>where</th><th>what</th></tr>"
        f"{rows}</table></div>"
    )
