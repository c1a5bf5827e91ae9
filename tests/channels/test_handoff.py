"""Hand-off packs and the console: whole or not at all, and the same when done twice."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Pillow

from aggregator.errors import ChannelDown, SendRefused
from aggregator.model import Image, Message
from publishers.channels.console import Console, ConsoleOptions
from publishers.channels.handoff import Handoff, HandoffOptions, pack_name
from tests.support.memory_outbox import NOON, a_post

WORDS = Message(text="Ansökan är stängd.", language="sv")
SIZES = {"landscape": (1200, 675), "square": (1080, 1080), "portrait": (1080, 1350)}


@pytest.fixture
def channel(tmp_path: Path) -> Handoff:
    made = Handoff("handoff", HandoffOptions())
    made.settle_in(tmp_path / "output")
    return made


@pytest.fixture
def post(tmp_path: Path):
    images = []
    for shape, size in SIZES.items():
        path = tmp_path / f"{shape}.png"
        Pillow.new("RGB", size, "#0a5c46").save(path)
        images.append(Image(path=str(path), alt="Svetsare, Åkeriet", width=size[0], height=size[1]))
    plain = a_post("vardag@2026-11-23T08:00", channel="handoff")
    return replace(plain, message=replace(plain.message, images=tuple(images)))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_pack_holds_text_link_alt_text_and_three_cards(channel, post):
    receipt = channel.send(post, now=NOON)
    name = pack_name(post)
    assert name.startswith("vardag-2026-11-23T08-00-handoff-")
    pack = channel.folder / name
    assert receipt.url == pack.as_uri()
    assert sorted(path.name for path in pack.iterdir()) == [
        "alt-text.txt", "card-landscape-1200x675.png", "card-portrait-1080x1350.png", "card-square-1080x1080.png",
        "link.txt", "text.txt",
    ]  # fmt: skip
    assert (pack / "text.txt").read_text(encoding="utf-8") == post.message.text + "\n"
    assert (pack / "alt-text.txt").read_text(encoding="utf-8") == "Svetsare, Åkeriet\n"
    with zipfile.ZipFile(io.BytesIO((channel.folder / f"{name}.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        inside = {member.removeprefix(f"{name}/"): archive.read(member) for member in archive.namelist()}
    assert inside == tree(pack)


def test_packing_twice_gives_one_pack_of_the_same_bytes(channel, post):
    channel.send(post, now=NOON)
    before = tree(channel.folder)
    channel.send(post, now=NOON)
    assert tree(channel.folder) == before


def test_what_a_killed_process_left_is_cleared_and_finished(channel, post):
    channel.folder.mkdir(parents=True)
    (channel.folder / f".{pack_name(post)}.abc").mkdir()
    (channel.folder / f".{pack_name(post)}.abc" / "text.txt").write_text("half")
    assert channel.look_up(post) is None
    channel.send(post, now=NOON)
    assert not list(channel.folder.glob(".*"))
    (channel.folder / f"{pack_name(post)}.zip").unlink()  # killed between folder and zip
    assert channel.look_up(post) is None
    channel.send(post, now=NOON)
    assert channel.look_up(post)


def test_a_closed_post_s_pack_says_so_and_its_zip_is_gone(channel, post):
    channel.send(post, now=NOON)
    for _ in range(2):
        channel.close(replace(post, close_reason="removed by its source"), WORDS, now=NOON)
    said = (channel.folder / pack_name(post) / "closed.txt").read_text(encoding="utf-8")
    assert "removed by its source" in said
    assert "Ansökan är stängd." in said
    assert not (channel.folder / f"{pack_name(post)}.zip").exists()
    channel.close(a_post("never-packed"), WORDS, now=NOON)


def test_a_picture_that_is_gone_refuses_the_post_and_leaves_no_half_pack(channel, post):
    Path(post.message.images[1].path).unlink()
    with pytest.raises(SendRefused, match=r"square\.png"):
        channel.send(post, now=NOON)
    assert tree(channel.folder) == {}


def test_a_folder_that_cannot_be_is_said(tmp_path, post):
    (tmp_path / "output").write_text("a file")
    channel = Handoff("handoff", HandoffOptions())
    channel.settle_in(tmp_path / "output")
    with pytest.raises(ChannelDown, match="cannot be written"):
        channel.send(post, now=NOON)


def test_the_console_prints_where_it_is_told(capsys, post):
    Console("console", ConsoleOptions()).send(post, now=NOON)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert post.message.text in shown.err
    Console("console", ConsoleOptions(stream="stdout")).close(replace(post, close_reason="gone"), WORDS, now=NOON)
    assert "closed: gone\nAnsökan är stängd." in capsys.readouterr().out
