from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest
from pdf_samples import add_page, paragraph, saved
from test_pdf_template import template_of

from fother.formats.pdf.stamps import find_stamps
from fother.formats.pdf.xmp import STAMP_PLACE, stamped_packet

STAMP = bytes.fromhex("00112233445566778899aabbccddeeff")
ATTRIBUTE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
    b' xmpMM:InstanceID="uuid:old"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
ELEMENT = ATTRIBUTE.replace(
    b' xmpMM:InstanceID="uuid:old"/>', b"><xmpMM:InstanceID>uuid:old</xmpMM:InstanceID></rdf:Description>"
)


def copy_with(metadata: bytes | None, **options: object) -> bytes:
    pdf = pikepdf.new()
    add_page(pdf, paragraph(2))
    if metadata is not None:
        pdf.Root.Metadata = pdf.make_stream(metadata, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    template, _, _ = template_of(saved(pdf, fix_metadata_version=False, **options))
    return template.copy(np.zeros(template.clusters), STAMP)


@pytest.mark.parametrize("metadata", [None, ATTRIBUTE, ELEMENT, b"no xmp at all"])
@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_stamp_round_trip(metadata: bytes | None, mode: pikepdf.ObjectStreamMode) -> None:
    assert STAMP in find_stamps(copy_with(metadata, object_stream_mode=mode))


def test_stamp_in_xmp_survives_a_cut_file_and_a_new_trailer() -> None:
    copy = copy_with(ATTRIBUTE)
    assert STAMP in find_stamps(copy[: copy.rindex(b"\nxref")])
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        pdf.save(buffer)
    assert STAMP in find_stamps(buffer.getvalue())


def test_xmp_stays_readable() -> None:
    with pikepdf.open(io.BytesIO(copy_with(ELEMENT))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["xmpMM:InstanceID"] == "uuid:00112233-4455-6677-8899-aabbccddeeff"
    with pikepdf.open(io.BytesIO(copy_with(None))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["xmpMM:InstanceID"] == "uuid:00112233-4455-6677-8899-aabbccddeeff"


def test_packets_that_cannot_be_edited_are_left_alone() -> None:
    assert stamped_packet(ATTRIBUTE.decode().encode("utf-16")) == b""
    assert stamped_packet(b"<not-rdf/>") == b""
    assert STAMP_PLACE in stamped_packet(b"")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 rubbish", b"/ID [<zz><00>]", b"uuid:1234"])
def test_nothing_is_found_where_nothing_is(data: bytes) -> None:
    assert find_stamps(data) == []
