"""The stamp's place in XMP metadata: xmpMM:InstanceID (XMP specification, part 2, 2.2)."""

from __future__ import annotations

import re

STAMP_PLACE = b"\x00" * 36  #: same length as a UUID; no XML text holds NUL
_NEW = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    b'</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
)
_DESCRIPTION = (
    b'<rdf:Description rdf:about="" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">'
    b"<xmpMM:InstanceID>uuid:" + STAMP_PLACE + b"</xmpMM:InstanceID></rdf:Description>\n"
)
_INSTANCE = re.compile(
    rb"""(xmpMM:InstanceID\s*=\s*(["']))[^"'<]*(\2)|(<xmpMM:InstanceID\s*>)[^<]*(</xmpMM:InstanceID\s*>)"""
)


def stamped_packet(packet: bytes) -> bytes:
    """`packet` with STAMP_PLACE as its instance id; a new packet for b"".

    Returns b"" when the packet is not the usual UTF-8 RDF, which is then better left alone.
    """
    if not packet:
        packet = _NEW
    if b"\x00" in packet or packet.count(b"</rdf:RDF>") != 1:
        return b""
    replaced, count = _INSTANCE.subn(_instance, packet)
    if count:
        return replaced
    return packet.replace(b"</rdf:RDF>", _DESCRIPTION + b"</rdf:RDF>")


def _instance(match: re.Match[bytes]) -> bytes:
    opening = match.group(1) or match.group(4)
    closing = match.group(3) or match.group(5)
    return bytes(opening + b"uuid:" + STAMP_PLACE + closing)
