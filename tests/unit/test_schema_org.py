"""The JSON shape that all pipes speak: its inverse, and other people's markup."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import JobPosting, ListingKind, Place, RemoteMode
from aggregator.schema_org import (
    EMPLOYMENT_TYPES,
    clean,
    country_code,
    from_schema_org,
    parse_moment,
    places_of,
    salary_of,
    to_schema_org,
)

texts = st.text(max_size=40).map(clean)
some_text = texts.filter(bool)
moments = st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
degrees = st.floats(-90, 90, allow_nan=False)


@st.composite
def place_strategy(draw):
    latitude, longitude = draw(st.one_of(st.just((None, None)), st.tuples(degrees, degrees)))
    return Place(
        name=draw(texts),
        street_address=draw(texts),
        postal_code=draw(texts),
        locality=draw(texts),
        region=draw(texts),
        country=draw(st.sampled_from(["", "SE", "NO", "DE"])),
        municipality_code=draw(st.sampled_from(["", "2085", "0114"])),
        latitude=latitude,
        longitude=longitude,
    )


postings = st.builds(
    JobPosting,
    source=texts,
    identifier=some_text,
    title=texts,
    url=texts,
    retrieved_from=texts,
    retrieved_at=moments,
    apply_url=texts,
    hiring_organization=texts,
    organization_number=texts,
    job_location=st.lists(place_strategy().filter(lambda place: place != Place()), max_size=3, unique=True).map(tuple),
    job_location_type=st.one_of(st.none(), st.sampled_from(RemoteMode)),
    employment_type=st.lists(st.sampled_from(EMPLOYMENT_TYPES), unique=True).map(tuple),
    date_posted=st.one_of(st.none(), moments),
    valid_through=st.one_of(st.none(), moments),
    description=texts,
    in_language=st.sampled_from(["", "sv", "en"]),
    base_salary=texts,
    reference_number=texts,
    department=texts,
    occupation_code=st.sampled_from(["", "5321", "0110"]),
    occupation_label=texts,
    total_job_openings=st.one_of(st.none(), st.integers(0, 999_999)),
    listing=st.sampled_from(ListingKind),
    raw=st.dictionaries(some_text, texts, max_size=3),
)


@given(postings)
def test_every_posting_comes_back_as_it_went_out_through_real_json(posting):
    assert from_schema_org(json.loads(json.dumps(to_schema_org(posting)))) == posting


@given(postings)
def test_the_public_form_tells_nothing_of_the_house(posting):
    public = to_schema_org(posting, public=True)
    assert not {"source", "raw", "retrievedFrom", "retrievedAt", "listing", "applyUrl"} & set(public)


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
property_names = sorted(
    to_schema_org(
        JobPosting(
            source="a",
            identifier="b",
            title="c",
            url="d",
            retrieved_from="e",
            retrieved_at=datetime(2026, 1, 1, tzinfo=UTC),
            job_location=(Place(name="x"),),
            base_salary="1",
            hiring_organization="f",
        )
    )
)


@given(st.dictionaries(st.sampled_from([*property_names, "geo", "totalJobOpenings", "validThrough"]), anything))
def test_whatever_stands_in_the_properties_a_posting_comes_out_that_can_be_written_again(data):
    posting = from_schema_org(data)
    assert from_schema_org(json.loads(json.dumps(to_schema_org(posting)))) == posting


def test_other_peoples_forms_of_the_same_thing():
    plain = from_schema_org(
        {
            "identifier": "7",
            "jobLocation": {"address": {"addressLocality": "Falun", "addressCountry": "SE"}},
            "employmentType": "FULL_TIME",
            "hiringOrganization": "Dala Trä",
        }
    )
    fancy = from_schema_org(
        {
            "identifier": {"@type": "PropertyValue", "name": "Dala Trä", "value": 7},
            "jobLocation": [
                {"address": [{"addressLocality": "Falun", "addressCountry": {"@type": "Country", "name": "Sverige"}}]}
            ],
            "employmentType": ["Full-time"],
            "hiringOrganization": {"name": "Dala Trä"},
        }
    )
    assert plain == fancy
    assert plain.job_location == (Place(locality="Falun", country="SE"),)


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("Ludvika", (Place(name="Ludvika"),)),
        (["Ludvika", "Ludvika"], (Place(name="Ludvika"),)),
        ({"address": "Storgatan 1, Falun"}, (Place(name="Storgatan 1, Falun"),)),
        ({"addressLocality": "Mora"}, (Place(locality="Mora"),)),
        ({"geo": {"latitude": "60.1", "longitude": 15}}, (Place(latitude=60.1, longitude=15.0),)),
        ({"geo": {"latitude": 600, "longitude": 15}}, ()),
        (None, ()),
        ([None, {}, ""], ()),
    ],
)
def test_places_in_all_their_forms(value, places):
    assert places_of(value) == places


@pytest.mark.parametrize(
    ("text", "end_of_day", "utc"),
    [
        ("2026-07-06", False, "2026-07-05T22:00:00+00:00"),
        ("2026-07-06", True, "2026-07-06T21:59:59+00:00"),
        ("2026-12-06", True, "2026-12-06T22:59:59+00:00"),
        ("2026-07-06T23:59", True, "2026-07-06T21:59:00+00:00"),
        ("2026-07-06T23:59:00Z", True, "2026-07-06T23:59:00+00:00"),
        ("0001-01-01T00:00:00", False, None),
        ("1753-01-01", False, None),
        ("9999-12-31T23:59:59-12:00", False, None),
        ("soon", False, None),
    ],
)
def test_moments(text, end_of_day, utc):
    found = parse_moment(text, end_of_day=end_of_day)
    assert (found.isoformat() if found else None) == utc


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Månadslön", "Månadslön"),
        (100000, "100000"),
        (
            {"currency": "SEK", "value": {"minValue": 30000, "maxValue": 35000.0, "unitText": "MONTH"}},
            "30000–35000 SEK per MONTH",
        ),
        ({"currency": "SEK", "value": {"value": 180, "unitText": "HOUR"}}, "180 SEK per HOUR"),
        ({"currency": "EUR", "value": 50}, "50 EUR"),
        ({"currency": "EUR"}, ""),
        ({"currency": "SEK", "minValue": 1, "maxValue": 2}, "1–2 SEK"),
    ],
)
def test_salaries_become_words(value, words):
    assert salary_of(value) == words


@pytest.mark.parametrize(
    ("word", "code"), [("se", "SE"), ("Sverige", "SE"), ("Norway", "NO"), ("SWE", "SE"), ("XX", ""), ("Europe", "")]
)
def test_countries(word, code):
    assert country_code(word) == code


def test_what_is_no_object_is_refused():
    line: Any = json.loads('["JobPosting"]')
    with pytest.raises(TypeError, match="JSON object"):
        from_schema_org(line)
