"""What a picture says about itself (EXIF 2.32), besides its pixels."""

from __future__ import annotations

from typing import Any

from fother.formats.text.content import Content

_FACTS = {
    0x010F: "camera maker",
    0x0110: "camera",
    0x0131: "software",
    0x0132: "date",
    0x010E: "description",
    0x013B: "artist",
    0x8298: "copyright",
}
_INNER = {0x9003: "date taken", 0xA434: "lens", 0xA431: "camera serial number", 0x9286: "comment"}
_EXIF, _GPS = 0x8769, 0x8825


def read_facts(image: Any, content: Content) -> None:
    """Camera, software, dates, whether a position is stored. Faults in them are no fault of the picture."""
    try:
        exif = image.getexif()
        for tags, names in ((exif, _FACTS), (exif.get_ifd(_EXIF), _INNER)):
            for tag, name in names.items():
                value = tags.get(tag)
                if isinstance(value, bytes):
                    value = value.strip(b"\0").decode("utf-8", "replace")
                if value:
                    content.say(name, str(value)[:2000].replace("\0", " "))
        if exif.get_ifd(_GPS):
            content.say("position", "stored in the file")
    except Exception:
        content.note("What the picture says about its camera is damaged.")
    for name in ("Software", "Title", "Author", "Description", "Creation Time", "Source"):
        value = image.info.get(name)  # text chunks of PNG
        if isinstance(value, str):
            content.say(name.lower(), value[:2000])
