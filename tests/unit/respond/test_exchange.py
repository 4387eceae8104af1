"""Exchange: round trips, the validators of others, circles, hostile files."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pymisp import MISPEvent
from stix2validator import ValidationOptions, validate_string

from fother.errors import InputFileError
from fother.respond.exchange import (
    FORMATS,
    Bundle,
    Document,
    Event,
    Quoted,
    Report,
    Statement,
    Wanted,
    Who,
    cut,
    read,
    write,
)

LOSSLESS = [form for form in FORMATS if form != "ics"]
BUNDLE = Bundle(
    "K-00000001",
    "The harbour note",
    datetime(2026, 3, 5, 12, tzinfo=UTC),
    "Sandhaven Harbour Authority",
    "A note leaked.",
    "AMBER",
    (
        Report("N-1", "The Daily Ledger", "Note leaked", datetime(2026, 3, 4, 8, tzinfo=UTC),
               url="https://example.org/a"),
        Report("N-2", "=Evening Post", day=date(2026, 3, 4), tlp="RED"),
    ),
    (
        Statement(
            "S-1", "N-1", "the ministry", "organisation", "", "Ministry", "NL", "deny",
            (Quoted("it is false", 10, 21), Quoted("wholly")), ("The Daily Ledger", "the ministry"),
        ),
        Statement("S-2", "N-2", "Ann Example", "named", tlp="CLEAR"),
    ),
    (
        Document("DD-1", "Note", "what it says", "SECRET", "altered"),
        Document("L-1", "a.pdf", sha256="a" * 64),
    ),
    (Who("P-1", "Norland", "country", ("NOR",)), Who("P-2", "Ann Example", "person", tlp="RED")),
    (Event("EV-1", "A visit next week", date(2026, 3, 9), date(2026, 3, 15)), Event("EV-2", "a hearing")),
    (Wanted("DL-1", "Notify", datetime(2026, 3, 8, tzinfo=UTC), "officer", "gdpr", "Article 33(1)"),),
)  # fmt: skip


@pytest.mark.parametrize("form", LOSSLESS)
def test_what_goes_out_comes_back(form: str) -> None:
    assert read(write(BUNDLE, form), "file") == BUNDLE
    assert write(BUNDLE, form) == write(BUNDLE, form)


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=30)
_LABEL = st.sampled_from(["", "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"])
_MOMENT = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    reports = draw(
        st.lists(st.builds(Report, _TEXT, _TEXT, _TEXT, st.none() | _MOMENT, tlp=_LABEL), max_size=2)
    )
    quotes = st.lists(st.builds(Quoted, _TEXT, st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
    said = st.builds(
        Statement, _TEXT, _TEXT, _TEXT, quotes=quotes, chain=st.lists(_TEXT, max_size=2).map(tuple)
    )
    who = st.builds(
        Who, _TEXT, _TEXT, st.sampled_from(["person", "country"]), st.lists(_TEXT, max_size=2).map(tuple)
    )
    wanted = st.builds(Wanted, _TEXT, _TEXT, _MOMENT, tlp=_LABEL)
    return Bundle(
        draw(_TEXT), draw(_TEXT), draw(_MOMENT), tlp=draw(_LABEL.filter(bool)), reports=tuple(reports),
        statements=tuple(draw(st.lists(said, max_size=2))), parties=tuple(draw(st.lists(who, max_size=2))),
        deadlines=tuple(draw(st.lists(wanted, max_size=2))),
    )  # fmt: skip


@given(bundles(), st.sampled_from(LOSSLESS))
@settings(max_examples=150, deadline=None)
def test_any_bundle_comes_back(bundle: Bundle, form: str) -> None:
    assert read(write(bundle, form), "file") == bundle


def test_stix_passes_the_validator_of_oasis() -> None:
    found = validate_string(write(BUNDLE, "stix").decode(), ValidationOptions(version="2.1"))
    assert found.is_valid, [str(e) for e in found.errors]
    # The rest are recommendations: ids are UUID version 5 so that they stay the same, links have no hash.
    codes = {str(w).split("{")[1][:3] for w in found.warnings}
    assert codes <= {"103", "302"}
    objects = json.loads(write(BUNDLE, "stix"))["objects"]
    marked = {o["type"]: o["object_marking_refs"] for o in objects if "object_marking_refs" in o}
    assert all(marked.values())
    assert {o["name"] for o in objects if o["type"] == "marking-definition"} == {
        "TLP:AMBER",
        "TLP:RED",
        "TLP:CLEAR",
    }


def test_misp_loads_with_pymisp() -> None:
    event = MISPEvent()
    event.from_json(write(BUNDLE, "misp").decode())
    assert [tag.name for tag in event.tags] == ["tlp:amber"]
    names = [o.name for o in event.objects]
    assert (names.count("news-media"), names.count("leaked-document")) == (2, 2)
    (news, _) = event.get_objects_by_name("news-media")
    assert [a.value for a in news.attributes] == ["The Daily Ledger", "Note leaked", "https://example.org/a"]
    assert not any(a.to_ids for o in event.objects for a in o.attributes)
    known = MISPEvent()
    for one in event.objects:  # the templates know every relation that is used
        template = known.add_object(name=one.name)
        relations = {a.object_relation for a in one.attributes}
        assert relations <= set(template._definition["attributes"])


def test_jsonld_is_understood_without_loading_anything() -> None:
    def refuse(url: str, _options: object) -> object:
        raise AssertionError(f"{url} was asked for")

    graph = jsonld.expand(json.loads(write(BUNDLE, "jsonld")), {"documentLoader": refuse})
    types = {t for node in graph for t in node.get("@type", ())}
    assert {
        "https://schema.org/Quotation",
        "https://schema.org/NewsArticle",
        "http://www.w3.org/ns/oa#Annotation",
    } <= types
    (annotation,) = [n for n in graph if "http://www.w3.org/ns/oa#Annotation" in n.get("@type", ())]
    target = annotation["http://www.w3.org/ns/oa#hasTarget"][0]
    position, quote = target["http://www.w3.org/ns/oa#hasSelector"]
    assert position["http://www.w3.org/ns/oa#start"] == [{"@value": 10}]
    assert quote["http://www.w3.org/ns/oa#exact"] == [{"@value": "it is false"}]
    assert all("https://schema.org/conditionsOfAccess" in n for n in graph if n is not annotation)


def test_csv_is_safe_in_a_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(write(BUNDLE, "csv").decode("utf-8-sig"))))
    assert [row["kind"] for row in rows][:3] == ["case", "report", "report"]
    assert rows[2]["outlet"] == "'=Evening Post"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell)


def test_calendars_are_read_by_others_and_from_others() -> None:
    data = write(BUNDLE, "ics")
    events = {e.summary.value: e for e in vobject.readOne(data.decode()).vevent_list}
    assert set(events) == {"Notify", "A visit next week"}
    assert events["Notify"].dtstart.value == datetime(2026, 3, 8, tzinfo=UTC)
    assert "TLP:AMBER" in events["Notify"].description.value
    back = read(data, "file.ics")
    assert (back.tlp, back.deadlines[0].due) == ("AMBER", BUNDLE.deadlines[0].due)
    assert [(e.start, e.end) for e in back.events] == [(date(2026, 3, 9), date(2026, 3, 15))]
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "DTSTART;VALUE=DATE:20260309", "SUMMARY:Visit"]
    other = "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()
    (event,) = read(other, "other.ics").events
    assert (event.text, event.start, event.end) == ("Visit", date(2026, 3, 9), date(2026, 3, 9))
    assert read(other, "other.ics").tlp == "RED"


def test_a_circle_sees_no_stricter_entry() -> None:
    found, left_out = cut(BUNDLE, "AMBER")
    assert left_out == 3  # a report, its statement, a person
    assert {r.id for r in found.reports} == {"N-1"}
    assert {s.id for s in found.statements} == {"S-1"}
    narrow, dropped = cut(BUNDLE, "GREEN")
    assert [type(e).__name__ for e in narrow.entries()] == []
    assert dropped == sum(1 for _ in BUNDLE.entries())
    wide, none = cut(BUNDLE, "RED")
    assert none == 0
    assert {r.tlp for r in wide.reports} == {"AMBER", "RED"}
    for form in FORMATS:
        assert b"Evening Post" not in write(found, form)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "which case"),
        (b"\xff\xfe", "UTF-8"),
        (b"{", "no valid JSON"),
        (b"[1]", "which case"),
        (b'{"a": 1}', "neither STIX"),
        (b'{"type": "bundle", "objects": 3}', "without objects"),
        (b'{"type": "bundle", "objects": [{"type": "incident"}]}', "which case"),
        (b'{"@graph": [{"fother": {"kind": "report", "id": 3, "outlet": "x"}}]}', "entry 1: 'id' is"),
        (b'{"@graph": [{"fother": {"kind": "virus"}}]}', "no kind of entry"),
        (
            b'{"@graph": [{"fother": {"kind": "case", "id": "K", "title": "t", "made_at": "2026-01-01"}}]}',
            "zone",
        ),
        (b'{"@graph": [{"fother": 3}]}', "this is no entry"),
        (b'{"Event": 3}', "without an event"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "no calendar"),
        (b"kind,quotes\nstatement,[\n", "no table"),
        (b"[" * 100_000, "which case|no valid JSON|no table"),
        (b'{"@graph": ' + b"[" * 100_000, "no valid JSON"),
    ],
)
def test_bad_files_get_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(InputFileError, match=says):
        read(data, "file")


@given(st.binary(max_size=200) | st.sampled_from(LOSSLESS).flatmap(
    lambda form: st.tuples(st.integers(0, 2000), st.binary(max_size=6)).map(
        lambda cutting: (data := write(BUNDLE, form))[: cutting[0]] + cutting[1] + data[cutting[0] + 3 :]
    )
))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InputFileError):
        assert isinstance(read(data, "file"), Bundle)
