"""A mail to many: both its parts and its attached PDF are columns of one code."""

from __future__ import annotations

import shutil
from email import message_from_bytes
from email.message import EmailMessage
from functools import lru_cache
from importlib import resources
from pathlib import Path

import pytest

from fother.flow.issuing import Issued, issue_to
from fother.flow.progress import Silent
from fother.flow.registering import register_bytes
from fother.flow.respond import trace
from fother.registry import FolderRegistry, RecipientRow, open_registry

BODY = (
    "The department will begin its review of the northern programme in the autumn. The review covers the "
    "contracts that were signed with outside suppliers, and it will report to the board before the end of "
    "the year.\n\nOfficials expect that the work needs about six months. They have asked the regional "
    "offices to send figures on spending, staff and equipment, and they plan to visit most of the sites in "
    "person.\n"
)
ROWS = [RecipientRow(k + 1, k + 2, email=f"reader{k}@example.org") for k in range(4)]


@lru_cache  # the boundaries are drawn at random
def message(*, attached: bool) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "desk@example.org", "list@example.org", "Review"
    made["Message-ID"], made["Date"] = "<1@example.org>", "Wed, 25 Mar 2026 10:00:00 +0000"
    made.set_content(BODY)
    html = "".join(f"<p>{part}</p>" for part in BODY.strip().split("\n\n"))
    made.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
    if attached:
        pdf = resources.files("fother.demo").joinpath("sample.pdf").read_bytes()
        made.add_attachment(pdf, maintype="application", subtype="pdf", filename="report.pdf")
    return made.as_bytes()


def marked(registry: FolderRegistry, out: Path) -> Issued:
    found = register_bytes(registry, "mail.eml", message(attached=True), title="A mail", progress=Silent())
    return issue_to(registry, found.document, ROWS, out, source="list", decoys=2, progress=Silent())


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Issued]:
    folder = tmp_path_factory.mktemp("mail")
    with open_registry(folder / "home") as registry:
        return folder, marked(registry, folder / "out")


@pytest.fixture
def registry(sent: tuple[Path, Issued], tmp_path: Path) -> FolderRegistry:
    shutil.copytree(sent[0] / "home", tmp_path / "home")
    return open_registry(tmp_path / "home")


def copy(sent: tuple[Path, Issued], number: int) -> tuple[str, Path]:
    return list(sent[1].files.items())[number]


def test_the_parts_of_a_copy_say_the_same_and_headers_stay(sent: tuple[Path, Issued]) -> None:
    whole = message_from_bytes(copy(sent, 1)[1].read_bytes())
    original = message_from_bytes(message(attached=True))
    assert whole.items() == original.items()
    texts = [p.get_payload(decode=True).decode() for p in whole.walk() if p.get_content_maintype() == "text"]
    plain = " ".join(texts[0].split("\n\n")).strip()
    html = texts[1].replace("<p>", "").replace("</p>", " ").replace("<html><body>", "")
    assert plain == html.replace("</body></html>", "").strip()
    assert plain != " ".join(BODY.split("\n\n")).strip()


def test_the_whole_copy_is_named(sent: tuple[Path, Issued], registry: FolderRegistry) -> None:
    name, path = copy(sent, 2)
    verdict = trace(registry, [path]).verdict
    assert [a.copy for a in verdict.accused] == [name]
    assert verdict.excerpts[0].read("characters") >= 60
    assert verdict.evidence  # and the pages of what is attached


def test_a_pasted_sentence_and_an_attached_page_add_up(
    sent: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    name, path = copy(sent, 3)
    parts = list(message_from_bytes(path.read_bytes()).walk())
    text = next(p for p in parts if p.get_content_type() == "text/plain").get_payload(decode=True).decode()
    (tmp_path / "paste.txt").write_text(text[100:260], encoding="utf-8")
    pdf = next(p for p in parts if p.get_content_type() == "application/pdf").get_payload(decode=True)
    (tmp_path / "page.pdf").write_bytes(pdf)
    alone = [trace(registry, [tmp_path / n]).verdict for n in ("paste.txt", "page.pdf")]
    both = trace(registry, [tmp_path / "paste.txt", tmp_path / "page.pdf"]).verdict
    assert all([a.copy for a in v.accused] == [name] for v in (*alone, both))
    assert both.carriers_read == sum(v.carriers_read for v in alone)
    assert both.accused[0].log10_lr > max(v.accused[0].log10_lr for v in alone)


def test_the_same_mail_again_gives_the_same_copies(
    sent: tuple[Path, Issued], registry: FolderRegistry, tmp_path: Path
) -> None:
    again = marked(registry, tmp_path / "again")
    assert again.commitment == sent[1].commitment
    for number in range(len(ROWS)):
        name, path = copy(sent, number)
        assert again.files[name].read_bytes() == path.read_bytes()


def test_a_mail_with_too_little_text_has_no_copies(registry: FolderRegistry) -> None:
    short = b"From: desk@example.org\nTo: list@example.org\nSubject: x\n\nSee you there.\n"
    found = register_bytes(registry, "mail.eml", short, title="Short", progress=Silent())
    assert "carriers" not in found.document.blobs
    assert any("cannot be marked" in note for note in found.plan["notes"])
