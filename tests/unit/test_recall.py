"""Telling one's own post among others after a lost answer."""

import httpx
import pytest

from aggregator.model import Message
from publishers.recall import never_left, same_post

LINK = "https://jobb.example/jobb/AB12CD/"
OURS = Message(
    text=f"Svetsare & mer\n\n{LINK}\n\n#Dalarna", language="sv", link=LINK, marker="jobb.example/jobb/AB12CD/"
)


@pytest.mark.parametrize(
    ("text", "links", "same"),
    [
        (f"Svetsare & mer {LINK} # Dalarna", [LINK], True),
        ("Svetsare & mer https:// jobb.example/jobb/AB12CD/ #Dalarna", [LINK], True),
        ("Svetsare & mer  #Dalarna", [LINK.rstrip("/")], True),
        ("Svetsare & mer #Dalarna", [], True),  # its budget took the link
        ("Svetsare & mer #Dalarn", [LINK], True),
        ("Svetsare & mer #Dalarn", ["https://jobb.example/jobb/ZZ/"], False),
        ("Kock sökes till fjället nu", [LINK], False),  # another post with the same link
        ("", [LINK], False),
    ],
)
def test_a_post_is_known_by_its_words_then_by_its_link(text, links, same):
    assert same_post(OURS, text, links) is same


def test_a_link_to_the_front_page_is_not_every_page_s():
    front = Message(
        text="Fem jobb\nhttps://jobb.example/", language="sv", link="https://jobb.example/", marker="jobb.example/"
    )
    assert not same_post(front, "Svetsare", [LINK])
    assert same_post(front, "Fem jobb", ["https://jobb.example/"])


def test_a_refused_connection_sent_nothing():
    with pytest.raises(httpx.HTTPError) as caught:
        httpx.get("http://127.0.0.1:9/", timeout=2)
    assert never_left(caught.value)
    wrapped = RuntimeError("the client failed")
    wrapped.__cause__ = caught.value
    assert never_left(wrapped)
    assert not never_left(httpx.ReadTimeout("no answer"))
    assert not never_left(httpx.RemoteProtocolError("closed"))
