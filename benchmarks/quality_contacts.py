"""How many contact persons `scrub` takes out of generated ads, and how many other words with them.

Names are mostly such as the list of first names does not hold; each ad has one way of naming its contacts at the end of
a text full of what must stay (hours, salaries, references, streets): `python benchmarks/quality_contacts.py`.
"""

from __future__ import annotations

import random
import sys
import time

from aggregator.tagging.contacts import scrub


def word_list(listed: str) -> list[str]:
    return listed.split()


FIRST = word_list(
    "Abdirahman Xerxes Jorun Tindra Ronald Zebastian Aziza Nasrin Gintaras Wiktoria Hjördis Siegfried Bogdan Natasja "
    "Thanyarat Kiflom Selamawit Bahar Mahnaz Jozef Anna Erik Maria Karl-Johan Ann-Sofie Mats Åsa"
)
LAST = word_list(
    "Svensson Öhrn Zandi Gebremedhin Kowalczyk Nordlund Haglöf Björkqvist Al-Khatib Tesfaye Lindgren Forsberg-Ahl Järv "
    "Mäkinen Popović Nguyen Wikén Rask"
)
BODY = (
    "Vi söker en drivande person till vårt team i Borlänge. Du arbetar skift 06.00-14.00 och 14.00-22.00 med lön "
    "28 000-35 000 kr. Företaget Dala Stål AB grundades 1985 och har 250 anställda. Läs mer på vår hemsida. Arbetet är "
    "varierande och du får ansvar för kvalitet, säkerhet och miljö. Vi använder Microsoft Teams. Kontoret ligger på "
    "Karl Johans gata 3 i Falun, växel 0243-730 00. Sista ansökningsdag är 2026-12-01. Ref 2026-0123. Sök via "
    "jobb@dala.se."
)
WAYS = (
    "Kontakta {n} på {p} för mer information.",
    "Frågor om tjänsten besvaras av {n}, enhetschef, {p}, {e}.",
    "Rekryterande chef: {n}, tel {p}",
    "För mer information, välkommen att kontakta rekryterande chef {n} via {e}.",
    "{n}\nHR-chef\n{p}\n{e}",
    "Fackliga företrädare: Unionen: {n} {p}, Ledarna: {n2} {p2}",
    "Kontaktpersoner: {n}, {p} och {n2}, {p2}.",
    "For more information please contact {n}, Plant Manager, {p}, {e}.",
    "Questions? Reach out to our recruiter {n} ({e}).",
    "Vid frågor hör av dig till {n} eller {n2}.",
    "Ring {n} så berättar vi mer: {p}",
    "Kontakt\n{n} - Platschef\nTelefon: {p}\nE-post: {e}",
    "Har du frågor kontaktar du rekryteringskonsult {n}, {e}, eller facklig representant {n2} på telefon {p2}.",
)
PHONES = (
    "070-### ## ##",
    "0243-## ###",
    "+46 70 ### ## ##",
    "08-### ### ##",
    "076#######",
    "010-### ## ##",
    "+46(0)23-### ##",
)


def measure(count: int, seed: int = 5) -> dict[str, float]:
    """Shares gone of `names`, `phones` and `emails`, the share `lost` of other words, and `microseconds` an ad."""
    dice = random.Random(seed)
    met = dict.fromkeys("npe", 0)
    gone = dict.fromkeys("npe", 0)
    words = lost = 0
    spent = 0.0
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        values = {key: f"{dice.choice(FIRST)} {dice.choice(LAST)}" for key in ("n", "n2")}
        for key in ("p", "p2"):
            values[key] = "".join(dice.choice("0123456789") if c == "#" else c for c in dice.choice(PHONES))
        values["e"] = values["n"].lower().translate(str.maketrans("åäöéć ", "aaoec.")) + "@dalastal.se"
        started = time.process_time()
        left = scrub(f"{BODY}\n\n{way.format(**values)}")
        spent += time.process_time() - started
        body, _, tail = left.partition("jobb@dala.se.")
        for key, value in values.items():
            if f"{{{key}}}" in way:
                met[key[0]] += 1
                parts = value.split() if key[0] == "n" else [value]
                gone[key[0]] += not any(part in tail for part in parts)
        words += len(BODY.split())
        lost += sum(word not in left for word in BODY.split())
        assert body
    return {
        "names": gone["n"] / met["n"],
        "phones": gone["p"] / met["p"],
        "emails": gone["e"] / met["e"],
        "lost": lost / words,
        "microseconds": spent / count * 1e6,
    }


def main() -> int:
    for what, value in measure(3000).items():
        print(f"{what:13} {value:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
