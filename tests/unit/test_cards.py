"""Share cards: the size asked for, the same bytes every time, nothing outside its place, nothing executed."""

import io
import struct
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

import publishers.cards.draw as drawing
from aggregator.errors import JobbfyrError
from aggregator.model import ContentKind, Partner, Story
from publishers.cards import (
    LARGEST,
    Brand,
    Card,
    CardFolder,
    CardItem,
    CardSize,
    Setting,
    alt_text,
    render,
    round_up_card,
    spotlight_card,
    story_card,
    vacancy_card,
)
from publishers.cards.brand import READABLE, contrast, ink_on, luminance, readable_on
from publishers.cards.text import REPERTOIRE, breakable, drawable, shortened
from publishers.cards.words import apply_by, badge, places_of
from tests.support.sample_region import MUNICIPALITIES, tag, vacancy

BRAND = Brand()
SETTING = Setting(language="sv", brand=BRAND, region="Jobb i Dalarna", address="jobb.dalarna.example")
MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="{}"/></svg>'


def card(**changes: Any) -> Card:
    given: dict[str, Any] = {
        "kind": ContentKind.VACANCY,
        "language": "sv",
        "title": "Svetsare",
        "brand": BRAND,
        "region": "Jobb i Dalarna",
        "employer": "Norra Mekaniska AB",
        "places": ("Ludvika",),
        "deadline": "Sök senast 3 december",
        "badge": "Ingen examen krävs",
    }
    return Card(**given | changes)


def picture(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image.convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, int, int]]:
    """Every colour of an RGB picture."""
    data = image.tobytes()
    return set(zip(data[0::3], data[1::3], data[2::3], strict=True))


ITEMS = tuple(CardItem(title=f"Undersköterska {n}", employer="Kommunen", place="Mora") for n in range(9))
KINDS = [
    card(),
    card(kind=ContentKind.ROUND_UP, title="9 lediga jobb i Dalarna", items=ITEMS),
    card(kind=ContentKind.SPOTLIGHT, title="Norra Mekaniska", text="Vi tillverkar broar. " * 12),
    card(kind=ContentKind.STORY, title="Fem minuter till skogen", text="Här är vardagen kort. " * 20),
]


@pytest.mark.parametrize("size", CardSize)
@pytest.mark.parametrize("shown", KINDS, ids=lambda each: each.kind.value)
def test_a_card_is_a_png_of_the_size_asked_for_and_the_same_every_time(shown, size):
    content = render(shown, size)
    assert content.startswith(b"\x89PNG")
    assert picture(content).size == (size.width, size.height)
    assert len(content) < LARGEST
    assert render(shown, size) == content


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib; from publishers.cards import *; from aggregator.model import ContentKind as K;"
        "c = Card(kind=K.VACANCY, language='sv', title='Svetsare', brand=Brand());"
        "print(hashlib.sha256(render(c, CardSize.SQUARE)).hexdigest())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    import hashlib

    own = render(Card(kind=ContentKind.VACANCY, language="sv", title="Svetsare", brand=BRAND), CardSize.SQUARE)
    assert said.strip() == hashlib.sha256(own).hexdigest()


def difference(one: Card, other: Card, size: CardSize) -> tuple[int, int, int, int] | None:
    """The box in which two cards differ."""
    return ImageChops.difference(picture(render(one, size)), picture(render(other, size))).getbbox()


def body_of(size: CardSize) -> tuple[int, int, int, int]:
    """Where the body may be: inside the padding, below the header row and above the foot's line."""
    pad, head, foot = (64, 56, 66 + 20) if size is CardSize.LANDSCAPE else (80, 66, 96 + 48 + 40)
    return pad, pad + head, size.width - pad, size.height - pad - foot // 3


LONG = [
    "Samhällsbyggnadsförvaltningschef med ansvar för plan, bygg, miljö, räddningstjänst och strategisk infrastruktur "
    * 3,
    "Samhällsbyggnadsförvaltningschefsassistentutbildningssamordnare",
    "A" * 400,
    "W" * 39,
    "https://jobb.example/annons?identitet=1234567890&kategori=industri&" * 3,
    "Bcdfghjklmnpqrstvwxzbcdfghjklmnpqr sthlm",
    "ÅÄÖ " * 100,
]


@pytest.mark.parametrize("size", CardSize)
@pytest.mark.parametrize("title", LONG, ids=range(len(LONG)))
def test_a_long_title_stays_in_its_place(title, size):
    left, top, right, bottom = body_of(size)
    box = difference(card(title=title), card(title="Kock"), size)
    assert box is not None, "the title is not drawn"
    assert box[0] >= left - 16  # accents overhang their letters
    assert box[1] >= top
    assert box[2] <= right + 16
    assert box[3] <= bottom


WORDS = st.lists(st.text("aeioåäkmnrstWMdgl", min_size=1, max_size=44), min_size=1, max_size=6).map(" ".join)


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(WORDS, st.text(min_size=1, max_size=220)), st.sampled_from(list(CardSize)))
def test_any_title_at_all_draws_and_stays_in_its_place(title, size):
    left, top, right, bottom = body_of(size)
    box = difference(card(title=title), card(title="Kock"), size)
    if box:
        assert box[0] >= left - 16  # accents overhang their letters
        assert box[1] >= top
        assert box[2] <= right + 16
        assert box[3] <= bottom


@pytest.mark.parametrize("field", ["employer", "region", "deadline", "badge", "text", "address"])
def test_no_other_text_reaches_the_edge(field):
    long = "Kommunalförbundsutbildningsverksamheten i Västerbergslagen " * 5
    kind = ContentKind.STORY if field in {"text", "address"} else ContentKind.VACANCY
    for size in CardSize:
        box = difference(card(kind=kind, **{field: long}), card(kind=kind, **{field: "x"}), size)
        assert box is not None
        assert box[0] >= 40
        assert box[1] >= 40
        assert box[2] <= size.width - 40
        assert box[3] <= size.height - 40


@pytest.mark.parametrize(
    "title", ["#upper[svets]", "*svets*", "$x^2$", "= Svets", "#panic()", ']#eval("1")[', "\\u{41}"]
)
def test_a_title_is_text_and_never_code(title):
    drawn = render(card(title=title), CardSize.LANDSCAPE)
    assert drawn != render(card(title=drawable(title).strip("#*$=\\[]")), CardSize.LANDSCAPE), "the signs are not drawn"


def test_what_the_fonts_cannot_draw_is_left_out():
    assert drawable("🔥 Svetsare\u202e till\tLudvika 👩‍🏭") == "Svetsare till Ludvika"
    assert render(card(title="🔥 Svetsare 🔥"), CardSize.SQUARE) == render(card(title="Svetsare"), CardSize.SQUARE)


@pytest.mark.parametrize("title", ["لحام في لودفيكا", "焊工 焊工 焊工 AB", "🙂🙂", "", "   "])
def test_a_title_in_another_script_says_what_it_is_instead(title):
    if title.strip():
        assert render(card(title=title), CardSize.SQUARE) == render(card(title="Ledigt jobb"), CardSize.SQUARE)
    else:
        assert picture(render(card(title=title), CardSize.SQUARE)).size == (1080, 1080)


def codepoints(font: Path) -> set[int]:
    """What a TrueType file's character map (format 4) covers."""
    data = font.read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack(">II", data[at + 8 : at + 16])
        for at in range(12, 12 + 16 * struct.unpack(">H", data[4:6])[0], 16)
    }
    start = tables[b"cmap"][0]
    for index in range(struct.unpack(">H", data[start + 2 : start + 4])[0]):
        offset = start + struct.unpack(">I", data[start + 8 + 8 * index : start + 12 + 8 * index])[0]
        if struct.unpack(">H", data[offset : offset + 2])[0] == 4:
            count = struct.unpack(">H", data[offset + 6 : offset + 8])[0] // 2
            ends = struct.unpack(f">{count}H", data[offset + 14 : offset + 14 + 2 * count])
            starts = struct.unpack(f">{count}H", data[offset + 16 + 2 * count : offset + 16 + 4 * count])
            return {code for a, b in zip(starts, ends, strict=True) for code in range(a, b + 1)} - {0xFFFF}
    raise AssertionError("no map")


def test_the_repertoire_is_what_every_font_has():
    import re

    allowed = {
        code for code in range(0x10000) if not 0xD800 <= code < 0xE000 and re.fullmatch(f"[{REPERTOIRE}]", chr(code))
    }
    fonts = sorted((Path(drawing.__file__).parent / "fonts").glob("*.ttf"))
    assert len(fonts) == 3
    for font in fonts:
        assert allowed <= codepoints(font), font.name


@given(st.text(max_size=300))
def test_breakable_text_keeps_its_words(text):
    assert breakable(text).replace("\u00ad", "") == drawable(text)


@given(st.text(max_size=300), st.integers(10, 200))
def test_shortened_text_is_short_enough(text, longest):
    assert len(shortened(text, longest)) <= longest
    assert text.startswith(shortened(text, longest).removesuffix("…"))


# --- colours -------------------------------------------------------------------------------------------------------

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert luminance("#ff0000") == pytest.approx(0.2126)


@given(COLOUR, COLOUR)
def test_every_text_of_every_brand_can_be_read(primary, accent):
    roles = drawing.palette(Brand(primary=primary, accent=accent))
    for text in ("ink", "soft", "accent_text"):
        for ground in ("ground", "beam"):
            assert contrast(roles[text], roles[ground]) >= READABLE, (text, ground)
    assert contrast(roles["accent_ink"], roles["accent"]) >= READABLE
    assert contrast(ink_on(primary), primary) >= READABLE
    assert contrast(readable_on(accent, primary), primary) >= READABLE


@pytest.mark.parametrize("colour", ["red", "#fff", "0b3954", "#0b395g", ""])
def test_a_colour_written_otherwise_is_refused(colour):
    with pytest.raises(JobbfyrError, match="is not a colour"):
        Brand(primary=colour)


# --- words ---------------------------------------------------------------------------------------------------------


def test_the_alt_text_says_what_the_card_says():
    text = alt_text(card(places=("Ludvika", "Falun")))
    assert text == (
        "Norra Mekaniska AB söker: Svetsare. Ludvika, Falun. Ingen examen krävs. Sök senast 3 december. Jobb i Dalarna."
    )
    assert alt_text(KINDS[1]).count("Undersköterska") == 9
    assert len(alt_text(card(kind=ContentKind.STORY, text="ord " * 900))) <= 1000


def test_a_vacancy_becomes_a_card():
    made = vacancy_card(vacancy(0), SETTING)
    assert (made.title, made.employer, made.places) == ("Svetsare", "Norra Mekaniska AB", ("Ludvika",))
    assert made.deadline == "Sök senast 3 december"
    assert made.badge == "Ingen examen krävs"
    english = vacancy_card(vacancy(5), Setting(language="en", brand=BRAND, region="Jobs"))
    assert english.deadline == "Apply by 8 December"
    assert english.badge == ""


@pytest.mark.parametrize(
    ("code", "confidence", "said"),
    [
        ("none", 1.0, "Ingen examen krävs"),
        ("none", 0.8, ""),
        ("unknown", 1.0, ""),
        ("upper-secondary", 1.0, "Gymnasium räcker"),
        ("bachelor", 1.0, ""),
    ],
)
def test_only_what_is_sure_is_claimed(code, confidence, said):
    assert badge(vacancy(0, tags=(tag("education", code, confidence=confidence),)), "sv") == said


def test_a_deadline_at_midnight_is_the_day_that_ends():
    assert apply_by(datetime(2026, 12, 3, 23, 0, tzinfo=UTC), "sv", "Europe/Stockholm") == "Sök senast 3 december"
    assert apply_by(datetime(2026, 12, 3, 22, 59, tzinfo=UTC), "sv", "Europe/Stockholm") == "Sök senast 3 december"
    assert apply_by(datetime(2026, 12, 3, 23, 1, tzinfo=UTC), "sv", "Europe/Stockholm") == "Sök senast 4 december"
    assert apply_by(None, "sv", "Europe/Stockholm") == ""


def test_places_are_the_tagged_municipalities_or_the_ads_own_words():
    assert places_of(vacancy(0), "sv") == (MUNICIPALITIES["2085"],)
    assert places_of(vacancy(0, tags=()), "sv") == ("Ludvika",)


def test_round_ups_spotlights_and_stories_become_cards():
    several = round_up_card([vacancy(0), vacancy(4)], SETTING)
    assert several.title == "2 lediga jobb i Jobb i Dalarna"
    assert several.badge == "Ingen examen krävs"
    assert round_up_card([vacancy(0), vacancy(5)], SETTING, title="Blandat").badge == ""
    shown = spotlight_card(Partner(key="a", name="Acme", tier="t", presentation={"en": "We build."}), SETTING)
    assert (shown.title, shown.text) == ("Acme", "We build.")
    told = story_card(Story(key="s", title={"sv": "Lugn"}, text={"sv": "Här är lugnt."}), SETTING)
    assert (told.title, told.text) == ("Lugn", "Här är lugnt.")


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_card_is_drawn_once(tmp_path):
    folder = CardFolder(tmp_path / "cards")
    assert not folder.has(card(), CardSize.SQUARE)
    first = folder.get(card(), CardSize.SQUARE)
    before = Path(first.path).stat()
    assert (first.width, first.height, first.media_type) == (1080, 1080, "image/png")
    assert first.alt == alt_text(card())
    assert folder.get(card(), CardSize.SQUARE) == first
    assert folder.has(card(), CardSize.SQUARE)
    after = Path(first.path).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert folder.get(card(title="Kock"), CardSize.SQUARE).path != first.path
    assert [path.suffix for path in folder.folder.iterdir()] == [".png", ".png"]
    assert folder.sweep({first.path}) == 1
    assert [str(path) for path in folder.folder.iterdir()] == [first.path]


def test_a_new_mark_is_a_new_card(tmp_path):
    mark = tmp_path / "mark.svg"
    mark.write_text(MARK.format("red"))
    marked = card(brand=Brand(mark=str(mark)))
    folder = CardFolder(tmp_path / "cards")
    red = folder.get(marked, CardSize.SQUARE)
    mark.write_text(MARK.format("lime"))
    lime = folder.get(marked, CardSize.SQUARE)
    assert red.path != lime.path
    assert (0, 255, 0) in colours(picture(Path(lime.path).read_bytes()))


@pytest.mark.parametrize("size", CardSize)
def test_a_photograph_fills_its_part_and_stays_light(tmp_path, size):
    noise = tmp_path / "noise.jpg"
    Image.effect_noise((1600, 1200), 120).convert("RGB").save(noise)
    content = render(card(kind=ContentKind.STORY, title="Skog", picture=str(noise), picture_alt="Skog"), size)
    assert len(content) < LARGEST
    shown = picture(content)
    spot = (size.width - 100, size.height // 2) if size is CardSize.LANDSCAPE else (size.width // 2, 100)
    around = shown.crop((spot[0] - 20, spot[1] - 20, spot[0] + 20, spot[1] + 20))
    assert len(colours(around)) > 8


def test_a_logo_stands_on_a_spotlight(tmp_path):
    for name in ("logo.png", "logo.svg"):
        path = tmp_path / name
        if name.endswith("png"):
            Image.new("RGB", (900, 300), (200, 0, 0)).save(path)
        else:
            path.write_text(MARK.format("#c80000"))
        shown = picture(render(card(kind=ContentKind.SPOTLIGHT, logo=str(path)), CardSize.LANDSCAPE))
        assert any(red > 190 and green < 10 for red, green, _ in colours(shown))


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_picture_that_cannot_be_read_is_said(tmp_path, content):
    path = tmp_path / "bad.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(JobbfyrError, match=r"bad\.png"):
        render(card(kind=ContentKind.STORY, picture=str(path)), CardSize.SQUARE)


def test_a_broken_mark_is_said(tmp_path):
    mark = tmp_path / "mark.svg"
    mark.write_text("<svg")
    with pytest.raises(JobbfyrError, match=r"mark\.svg"):
        render(card(brand=Brand(mark=str(mark))), CardSize.SQUARE)
