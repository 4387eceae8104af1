"""Numbers of a workbook as its reader sees them, in the simple cases.

Formats are those of ECMA-376 part 1, 18.8.30. Shown: whole numbers, decimals, thousands, percentages, dates
and times; all else as the number with up to 15 significant digits. Dates are written year-month-day, because
how Excel orders them depends on the machine.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from fother.formats.text.xml import elements

_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy-mm-dd",
    15: "yyyy-mm-dd",
    16: "yyyy-mm-dd",
    17: "yyyy-mm-dd",
    18: "hh:mm",
    19: "hh:mm:ss",
    20: "hh:mm",
    21: "hh:mm:ss",
    22: "yyyy-mm-dd hh:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "hh:mm:ss",
    47: "mm:ss",
}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].')
_DIGITS = re.compile(r"[#0,]*[#0](?:\.(0+))?")
_MOST_DAYS = 2_958_465  # 9999-12-31
_DAYS_TO_1904 = 1462  # from where other workbooks count


def number_formats(styles: Any) -> list[str]:
    """Format code of each cell style, in the order of cellXfs."""
    codes = dict(_BUILT_IN)
    for element in elements(styles, "numFmt"):
        number = element.get("numFmtId") or ""
        if number.isdecimal():
            codes[int(number[:9])] = (element.get("formatCode") or "General")[:200]
    formats = []
    for table in elements(styles, "cellXfs"):
        for style in table.iterchildren("{*}xf"):
            number = style.get("numFmtId") or "0"
            formats.append(codes.get(int(number[:9]), "General") if number.isdecimal() else "General")
    return formats


def shown(value: str, code: str, from_1904: bool = False) -> str:
    """A stored number as its format shows it; `value` itself when it is no number."""
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or abs(number) > 1e300:
        return value
    bare = _QUOTED.sub("", code.split(";")[0])
    if re.search(r"[yd]|h|ss|mm", bare, re.I) and "0" not in bare.replace("ss.0", ""):
        return _moment(number, bare.lower(), from_1904)
    digits = _DIGITS.search(bare)
    if bare.strip().lower() in ("general", "@", "") or digits is None or "E" in bare or "?" in bare:
        return f"{number:.15g}"
    places = min(len(digits.group(1) or ""), 15)
    percent = "%" in bare
    text = f"{number * 100 if percent else number:{',' if ',' in digits.group() else ''}.{places}f}"
    return text + "%" if percent else text


def _moment(number: float, code: str, from_1904: bool) -> str:
    if not 0 <= number < _MOST_DAYS - (_DAYS_TO_1904 if from_1904 else 0):
        return f"{number:.15g}"
    # Excel's day 60 is a 29 February 1900 that never was; days before it are off by one.
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 + (number < 60))
    moment = start + timedelta(seconds=round(number * 86_400))
    day = moment.strftime("%Y-%m-%d") if re.search(r"[yd]", code) else ""
    clock = ("%H:%M:%S" if "s" in code else "%H:%M") if re.search(r"[hs]", code) else ""
    return " ".join(filter(None, (day, moment.strftime(clock)))) or moment.strftime("%Y-%m")
