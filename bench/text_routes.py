"""Ways of text between a marked file and a leak, each a function from lines to the text that arrives.

What must be there besides the project (a route whose program is missing is left out and named):
    pip install playwright python-docx bleach nh3 ftfy html2text beautifulsoup4 markdown-it-py Unidecode
    apt install chromium firefox-esr libreoffice-writer poppler-utils mupdf-tools tmux
    npm install --prefix DIR dompurify jsdom sanitize-html turndown markdown-it xss      (and FOTHER_NODE=DIR)

Not here, because they cannot be run on a bench: Word, Outlook, Gmail, Google Docs, Slack, WhatsApp. Rows
named "… style" are libraries of the kind that such services use, not the services.
"""

from __future__ import annotations

import email
import email.policy
import html
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

Route = Callable[[Sequence[str]], str]
NODE = os.environ.get("FOTHER_NODE", "")


def _joined(change: Callable[[str], str]) -> Route:
    return lambda lines: "\n".join(change(line) for line in lines)


def _page(lines: Sequence[str]) -> str:
    body = "".join(f"<p>{html.escape(line, quote=False)}</p>\n" for line in lines)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>t</title></head><body>{body}</body></html>"
    )


def text_of(markup: str) -> str:
    """What an HTML parser says stands in the page, white space as it is."""
    from bs4 import BeautifulSoup

    return str(BeautifulSoup(markup, "html.parser").get_text())


# --- encodings, normal forms, clean-up by patterns ---


def _iconv(target: str) -> Route:
    def run(lines: Sequence[str]) -> str:
        done = subprocess.run(
            ["iconv", "-f", "UTF-8", "-t", f"{target}//TRANSLIT"],
            input="\n".join(lines).encode(), capture_output=True, check=False,
        )  # fmt: skip
        return done.stdout.decode("cp1252")

    return run


def _ftfy(lines: Sequence[str]) -> str:
    import ftfy

    return "\n".join(map(ftfy.fix_text, lines))


def _unidecode(lines: Sequence[str]) -> str:
    from unidecode import unidecode

    return "\n".join(map(unidecode, lines))


def _nfkc_casefold(line: str) -> str:
    kept = "".join(c for c in line if not _ignorable(c))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())


def _ignorable(letter: str) -> bool:
    """Default_Ignorable_Code_Point, as far as it matters here."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f" or letter == "\u034f"


TEXT: dict[str, Route] = {
    "UTF-8 or UTF-16 file": _joined(lambda s: s.encode("utf-16").decode("utf-16")),
    "JSON, escaped, and back": _joined(lambda s: str(json.loads(json.dumps(s)))),
    "NFC": _joined(lambda s: unicodedata.normalize("NFC", s)),
    "NFD": _joined(lambda s: unicodedata.normalize("NFD", s)),
    "NFKC": _joined(lambda s: unicodedata.normalize("NFKC", s)),
    "NFKD": _joined(lambda s: unicodedata.normalize("NFKD", s)),
    "NFKC_Casefold": _joined(_nfkc_casefold),
    "saved as cp1252, ? for the rest": _joined(lambda s: s.encode("cp1252", "replace").decode("cp1252")),
    "saved as cp1252 by iconv": _iconv("CP1252"),
    "saved as ASCII by iconv": _iconv("ASCII"),
    "saved as ASCII, rest dropped": _joined(lambda s: s.encode("ascii", "ignore").decode()),
    "Unidecode": _unidecode,
    "ftfy": _ftfy,
    "white space runs to one space (\\s+)": _joined(lambda s: re.sub(r"\s+", " ", s)),
    "zero-width class dropped ([\\u200B-\\u200D\\uFEFF])": _joined(
        lambda s: re.sub("[\u200b-\u200d\ufeff]", "", s)
    ),
    "all format characters dropped (Cf)": _joined(
        lambda s: "".join(c for c in s if unicodedata.category(c) != "Cf")
    ),
}  # fmt: skip


# --- mail ---


def _mail(cte: str, subtype: str) -> Route:
    def run(lines: Sequence[str]) -> str:
        message = EmailMessage()
        text = "\n".join(lines) + "\n" if subtype == "plain" else _page(lines)
        message.set_content(text, subtype=subtype, cte=cte)
        read = email.message_from_bytes(
            message.as_bytes(policy=email.policy.SMTP), policy=email.policy.default
        )
        assert isinstance(read, EmailMessage)
        body = str(read.get_content())
        return body if subtype == "plain" else text_of(body)

    return run


MAIL: dict[str, Route] = {
    "mail, plain, quoted-printable": _mail("quoted-printable", "plain"),
    "mail, HTML, base64": _mail("base64", "html"),
}


# --- sanitisers and renderers of markup ---


def _bleach(lines: Sequence[str]) -> str:
    import bleach

    return text_of(bleach.clean(_page(lines), tags={"p", "body"}, strip=True))


def _nh3(lines: Sequence[str]) -> str:
    import nh3

    return text_of(nh3.clean(_page(lines)))


def _lxml_clean(lines: Sequence[str]) -> str:
    from lxml_html_clean import clean_html

    return text_of(clean_html(_page(lines)))


def _html2text(lines: Sequence[str]) -> str:
    import html2text

    reader = html2text.HTML2Text(bodywidth=0)
    return str(reader.handle(_page(lines)))


def _trafilatura(lines: Sequence[str]) -> str:
    import trafilatura

    page = _page([f"{line} This sentence only makes the paragraph long enough to pass." for line in lines])
    return trafilatura.extract(page.replace("<body>", "<body><article>")) or ""


def _markdown(lines: Sequence[str]) -> str:
    from markdown_it import MarkdownIt

    return text_of(MarkdownIt("commonmark").render("\n\n".join(lines)))


def _node(program: str, out: Callable[[str], str] = text_of) -> Route:
    """JavaScript over the page: `program` is an expression of `page` and `lines`."""

    def run(lines: Sequence[str]) -> str:
        if not NODE:
            raise FileNotFoundError("FOTHER_NODE")
        script = (
            "const {page, lines} = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
            f"process.stdout.write(String({program}));"
        )
        done = subprocess.run(
            ["node", "-e", script], cwd=NODE, capture_output=True, check=True,
            input=json.dumps({"page": _page(lines), "lines": lines}).encode(),
        )  # fmt: skip
        return out(done.stdout.decode())

    return run


def _same(text: str) -> str:
    return text


WEB: dict[str, Route] = {
    "DOMPurify (Outlook-on-the-web style)": _node(
        "require('dompurify')(new (require('jsdom').JSDOM)('').window).sanitize(page)"
    ),
    "sanitize-html": _node("require('sanitize-html')(page)"),
    "xss (js)": _node("require('xss')(page)"),
    "nh3 / ammonia": _nh3,
    "bleach": _bleach,
    "lxml clean": _lxml_clean,
    "markdown-it with linkify (Slack style)": _node(
        "require('markdown-it')({linkify: true}).render(lines.join('\\n\\n'))"
    ),
    "markdown-it-py": _markdown,
    "turndown (HTML to Markdown)": _node("new (require('turndown'))().turndown(page)", _same),
    "html2text": _html2text,
    "Beautiful Soup get_text": lambda lines: text_of(_page(lines)),
    "trafilatura (article)": _trafilatura,
}  # fmt: skip


# --- browsers ---

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium_page() -> Iterator[Any]:
    """A blank page of a headless Chromium (playwright's)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser.new_page(viewport={"width": 900, "height": 1200})
        finally:
            browser.close()


def _chromium_copy(target: str) -> Route:
    def run(lines: Sequence[str]) -> str:
        with chromium_page() as page:
            page.set_content(_page(lines) + target)
            page.evaluate("document.body.lastElementChild.id = 'target'")
            page.evaluate(
                "{const r = document.createRange(); r.setStart(document.body, 0);"
                "r.setEndBefore(document.getElementById('target'));"
                "getSelection().removeAllRanges(); getSelection().addRange(r)}"
            )
            page.keyboard.press("Control+C")
            page.focus("#target")
            page.keyboard.press("Control+V")
            field = "value" if "textarea" in target else "innerText"
            return str(page.evaluate(f"document.getElementById('target').{field}"))

    return run


def _chromium_text(lines: Sequence[str]) -> str:
    with chromium_page() as page:
        page.set_content(_page(lines))
        return str(page.evaluate("document.body.innerText"))


class Firefox:
    """A headless Firefox, spoken to by its Marionette protocol (length:[type, id, command, parameters])."""

    def __init__(self) -> None:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if not program:
            raise FileNotFoundError("firefox")
        self._profile = tempfile.mkdtemp(prefix="fother-firefox-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        Path(self._profile, "user.js").write_text(
            f'user_pref("marionette.port", {port});\n', encoding="utf-8"
        )
        environment = {**os.environ, "HOME": self._profile, "MOZ_HEADLESS": "1"}
        self._process = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", self._profile],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _ in range(120):
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
                break
            except OSError:
                time.sleep(0.5)
        self._file = self._socket.makefile("rb")
        self._read()
        self._id = 0
        self.command("WebDriver:NewSession", {})

    def _read(self) -> Any:
        size = b""
        while (letter := self._file.read(1)) != b":":
            size += letter
        return json.loads(self._file.read(int(size)))

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        """Answer of one command."""
        self._id += 1
        message = json.dumps([0, self._id, name, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, value = self._read()
        if error:
            raise RuntimeError(error.get("message", str(error)))
        return value

    def open(self, page: str) -> None:
        """Shows a page."""
        path = Path(self._profile, "page.html")
        path.write_text(page, encoding="utf-8")
        self.command("WebDriver:Navigate", {"url": path.as_uri()})

    def run(self, script: str) -> Any:
        """Value of a script in the page."""
        answer = self.command("WebDriver:ExecuteScript", {"script": script, "args": []})
        return answer["value"]

    def keys(self, letter: str) -> None:
        """Control with one letter."""
        presses = ("keyDown", "\ue009"), ("keyDown", letter), ("keyUp", letter), ("keyUp", "\ue009")
        actions = [{"type": kind, "value": key} for kind, key in presses]
        source = [{"type": "key", "id": "keyboard", "actions": actions}]
        self.command("WebDriver:PerformActions", {"actions": source})

    def close(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(30)
        shutil.rmtree(self._profile, ignore_errors=True)


@contextmanager
def firefox() -> Iterator[Firefox]:
    """A headless Firefox."""
    browser = Firefox()
    try:
        yield browser
    finally:
        browser.close()


def _firefox_copy(lines: Sequence[str]) -> str:
    with firefox() as browser:
        browser.open(_page(lines).replace("</body>", "<textarea id='target'></textarea></body>"))
        browser.run(
            "const r = document.createRange(); r.setStart(document.body, 0);"
            "r.setEndBefore(document.getElementById('target'));"
            "getSelection().removeAllRanges(); getSelection().addRange(r)"
        )
        browser.keys("c")
        browser.run("document.getElementById('target').focus()")
        browser.keys("v")
        return str(browser.run("return document.getElementById('target').value"))


BROWSERS: dict[str, Route] = {
    "Chromium: copy, paste as text": _chromium_copy("<textarea></textarea>"),
    "Chromium: copy, paste as HTML (Gmail style)": _chromium_copy("<div contenteditable>x</div>"),
    "Chromium: innerText": _chromium_text,
    "Firefox: copy, paste as text": _firefox_copy,
}


# --- office, PDF, terminal ---


def docx(lines: Sequence[str]) -> bytes:
    """A DOCX with one paragraph a line."""
    import docx as library

    document = library.Document()
    for line in lines:
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def docx_text(data: bytes) -> str:
    """Its paragraphs."""
    import docx as library

    return "\n".join(paragraph.text for paragraph in library.Document(BytesIO(data)).paragraphs)


@cache
def office(data: bytes, source: str, target: str) -> bytes:
    """A file converted by LibreOffice: endings `source` and `target` (with a filter after a colon)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"in.{source}").write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
             target, "--outdir", f"{folder}/out", f"{folder}/in.{source}"],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
        return next(Path(folder, "out").iterdir()).read_bytes()


_TXT = "txt:Text (encoded):UTF8"


def _office(*formats: str) -> Route:
    def run(lines: Sequence[str]) -> str:
        data, source = docx(lines), "docx"
        for target in formats:
            data, source = office(data, source, target), target.split(":")[0]
        if source == "docx":
            return docx_text(data)
        text = data.decode("utf-8-sig")
        return text_of(text) if source == "html" else text

    return run


def _pdftotext(data: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-", "-"], input=data, capture_output=True, check=True
    ).stdout.decode()


def _mutool(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.pdf")
        path.write_bytes(data)
        done = subprocess.run(["mutool", "draw", "-F", "txt", str(path)], capture_output=True, check=True)
        return done.stdout.decode()


def _pdfium(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def _pdfminer(data: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(BytesIO(data)))


@cache
def _chromium_pdf(markup: str) -> bytes:
    with chromium_page() as page:
        page.set_content(markup)
        return bytes(page.pdf())


READERS = {"pdftotext": _pdftotext, "PDFium": _pdfium, "pdfminer": _pdfminer, "MuPDF": _mutool}


def _tmux(lines: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        tmux = ["tmux", "-u", "-S", f"{folder}/socket", "-f", "/dev/null"]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(
            [*tmux, "new-session", "-d", "-x", "200", "-y", str(len(lines) + 5),
             f"cat {folder}/a.txt; sleep 20"], check=True, env=environment,
        )  # fmt: skip
        time.sleep(1.5)
        done = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, check=True, env=environment)
        subprocess.run([*tmux, "kill-server"], check=False, env=environment)
        return done.stdout.decode()


OFFICE: dict[str, Route] = {
    "LibreOffice: DOCX to DOCX": _office("docx"),
    "LibreOffice: DOCX to ODT to text": _office("odt", _TXT),
    "LibreOffice: DOCX to RTF to text": _office("rtf", _TXT),
    "LibreOffice: DOCX to HTML": _office("html"),
    "LibreOffice: DOCX to text, UTF-8": _office(_TXT),
    "terminal: tmux, capture": _tmux,
}
for _name, _reader in READERS.items():
    OFFICE[f"PDF by LibreOffice, {_name}"] = lambda lines, read=_reader: read(
        office(docx(lines), "docx", "pdf")
    )  # type: ignore[misc]
    OFFICE[f"PDF by Chromium, {_name}"] = lambda lines, read=_reader: read(_chromium_pdf(_page(lines)))  # type: ignore[misc]

ROUTES: dict[str, dict[str, Route]] = {
    "Encodings, normal forms, clean-up": TEXT,
    "Mail": MAIL,
    "Sanitisers and converters": WEB,
    "Browsers": BROWSERS,
    "Office, PDF, terminal": OFFICE,
}
