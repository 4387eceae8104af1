"""Documents for the corpus printed here, by one tool each, from a plain text."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def run(*command: str, cwd: Path | None = None, timeout: float = 300) -> bool:
    """Run a program quietly; False when it is missing, fails or takes too long."""
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=timeout)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def paragraphs(path: Path) -> list[str]:
    """Paragraphs of a plain text, each on one line."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8", errors="replace"))
    return [text for block in blocks if len(text := " ".join(block.split())) > 0]


def as_html(lines: list[str], style: str) -> str:
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)
    return f"<!doctype html><meta charset=utf-8><title>Licence</title><style>{style}</style>{body}"


STYLE = (
    "body{font-family:'DejaVu Serif',serif;font-size:11pt;text-align:justify;line-height:1.35}"
    "@page{margin:2.2cm}"
)


def made_chromium(lines: list[str], scratch: Path) -> Path | None:
    page, out = scratch / "c.html", scratch / "c.pdf"
    page.write_text(as_html(lines, STYLE), encoding="utf-8")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    return out if run("chromium", *flags, f"--print-to-pdf={out}", page.as_uri()) and out.exists() else None


def made_libreoffice(lines: list[str], scratch: Path) -> Path | None:
    page = scratch / "l.html"
    page.write_text(as_html(lines, STYLE), encoding="utf-8")
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    base = ["soffice", profile, "--headless", "--infilter=HTML (StarWriter)"]
    run(*base, "--convert-to", "odt:writer8", "--outdir", str(scratch), str(page))
    run("soffice", profile, "--convert-to", "pdf", "--outdir", str(scratch), str(scratch / "l.odt"))
    return out if (out := scratch / "l.pdf").exists() else None


def made_docx(lines: list[str], scratch: Path) -> Path | None:
    """Word format by pandoc, printed by LibreOffice with justified text."""
    source = scratch / "d.md"
    source.write_text("\n\n".join(lines), encoding="utf-8")
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    run("pandoc", str(source), "-f", "markdown", "-o", str(scratch / "d.docx"))
    run("soffice", profile, "--convert-to", "pdf", "--outdir", str(scratch), str(scratch / "d.docx"))
    return out if (out := scratch / "d.pdf").exists() else None


def made_weasyprint(lines: list[str], scratch: Path) -> Path | None:
    page, out = scratch / "w.html", scratch / "w.pdf"
    page.write_text(
        as_html(lines, STYLE + "p{hyphens:auto}").replace("<title", "<html lang=en><title"), encoding="utf-8"
    )
    return out if run("weasyprint", str(page), str(out)) else None


def made_wkhtmltopdf(lines: list[str], scratch: Path) -> Path | None:
    page, out = scratch / "k.html", scratch / "k.pdf"
    page.write_text(as_html(lines, STYLE), encoding="utf-8")
    for prefix in ([], ["xvfb-run", "-a"]):
        if run(*prefix, "wkhtmltopdf", "-q", str(page), str(out)) and out.exists():
            return out
    return None


def made_typst(lines: list[str], scratch: Path) -> Path | None:
    source, out = scratch / "t.typ", scratch / "t.pdf"
    escaped = [re.sub(r"([#$*_<>@`~\\\[\]/])", r"\\\1", line) for line in lines]
    source.write_text(
        "#set par(justify: true)\n#set text(size: 11pt)\n" + "\n\n".join(escaped), encoding="utf-8"
    )
    code = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
    return out if run(sys.executable, "-c", code, str(source), str(out)) else None


def made_groff(lines: list[str], scratch: Path) -> Path | None:
    source, out = scratch / "g.ms", scratch / "g.pdf"
    text = "".join(".PP\n" + re.sub(r"^([.'])", r"\\&\1", line.replace("\\", "\\e")) + "\n" for line in lines)
    source.write_text(text, encoding="utf-8")
    with out.open("wb") as sink:
        done = subprocess.run(
            ["groff", "-k", "-ms", "-Tpdf", str(source)], stdout=sink, stderr=subprocess.DEVNULL
        )
    return out if done.returncode == 0 else None


def made_reportlab(lines: list[str], scratch: Path) -> Path | None:
    out = scratch / "r.pdf"
    code = (
        "import sys, html\n"
        "from reportlab.platypus import SimpleDocTemplate, Paragraph, Spacer\n"
        "from reportlab.lib.styles import ParagraphStyle\n"
        "s = ParagraphStyle('b', fontName='Times-Roman', fontSize=11, leading=14, alignment=4)\n"
        "f = []\n"
        "for line in sys.stdin.read().split('\\n'):\n"
        "    f += [Paragraph(html.escape(line), s), Spacer(1, 6)]\n"
        "SimpleDocTemplate(sys.argv[1]).build(f)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)], input="\n".join(lines), text=True, capture_output=True
    )
    return out if done.returncode == 0 else None


def made_fpdf2(lines: list[str], scratch: Path) -> Path | None:
    out = scratch / "f.pdf"
    code = (
        "import sys\nfrom fpdf import FPDF\np = FPDF()\np.add_page()\np.set_font('Helvetica', size=10.5)\n"
        "for line in sys.stdin.read().encode('latin-1', 'replace').decode('latin-1').split('\\n'):\n"
        "    p.multi_cell(0, 5, line, align='J', new_x='LMARGIN', new_y='NEXT')\n    p.ln(2)\n"
        "p.output(sys.argv[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)], input="\n".join(lines), text=True, capture_output=True
    )
    return out if done.returncode == 0 else None


def made_fop(lines: list[str], scratch: Path) -> Path | None:
    source, out = scratch / "p.fo", scratch / "p.pdf"
    blocks = "".join(
        f"<fo:block space-after='6pt' text-align='justify'>{html.escape(line)}</fo:block>" for line in lines
    )
    source.write_text(
        "<fo:root xmlns:fo='http://www.w3.org/1999/XSL/Format'><fo:layout-master-set><fo:simple-page-master "
        "master-name='a' page-height='29.7cm' page-width='21cm' margin='2.2cm'><fo:region-body/>"
        "</fo:simple-page-master></fo:layout-master-set><fo:page-sequence master-reference='a'>"
        f"<fo:flow flow-name='xsl-region-body' font-family='Times' font-size='11pt'>{blocks}</fo:flow>"
        "</fo:page-sequence></fo:root>",
        encoding="utf-8",
    )
    return out if run("fop", "-fo", str(source), "-pdf", str(out)) and out.exists() else None


def made_ghostscript(lines: list[str], scratch: Path) -> Path | None:
    """Plain text by groff as PostScript, then Ghostscript: how a PostScript printer driver's PDF looks."""
    source, mid, out = scratch / "e.ms", scratch / "e.ps", scratch / "e.pdf"
    source.write_text("".join(".PP\n" + line.replace("\\", "\\e") + "\n" for line in lines), encoding="utf-8")
    with mid.open("wb") as sink:
        subprocess.run(["groff", "-k", "-ms", "-Tps", str(source)], stdout=sink, stderr=subprocess.DEVNULL)
    return out if run("ps2pdf", str(mid), str(out)) and out.exists() else None


def made_cairo(lines: list[str], scratch: Path) -> Path | None:
    """A PDF by groff, written anew by poppler through cairo."""
    source, out = made_groff(lines, scratch), scratch / "q.pdf"
    return out if source is not None and run("pdftocairo", "-pdf", str(source), str(out)) else None


#: name: (maker, text)
MADE: dict[str, tuple[Callable[[list[str], Path], Path | None], str]] = {
    "chromium": (made_chromium, "GPL-3"),
    "libreoffice": (made_libreoffice, "Apache-2.0"),
    "docx-libreoffice": (made_docx, "GPL-2"),
    "weasyprint": (made_weasyprint, "MPL-2.0"),
    "wkhtmltopdf": (made_wkhtmltopdf, "GFDL-1.3"),
    "typst": (made_typst, "GPL-3"),
    "groff": (made_groff, "MPL-1.1"),
    "reportlab": (made_reportlab, "LGPL-2.1"),
    "fpdf2": (made_fpdf2, "GPL-2"),
    "fop": (made_fop, "Apache-2.0"),
    "ghostscript": (made_ghostscript, "MPL-2.0"),
    "cairo": (made_cairo, "GFDL-1.2"),
}
