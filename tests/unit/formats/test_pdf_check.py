from __future__ import annotations

import shutil

import numpy as np
import pytest
from pdf_samples import one_page, paragraph

from fother.channels.layout.carriers import LayoutCarriers, plan
from fother.formats.pdf.check import Layout, settle
from fother.formats.pdf.document import PdfSource
from fother.formats.pdf.render import open_renderer
from fother.formats.pdf.template import CopyTemplate

POPPLER = shutil.which("pdftotext") or ""


def prepared(data: bytes) -> tuple[LayoutCarriers, CopyTemplate, Layout]:
    source = PdfSource.open(data)
    carriers, clusters = plan(source.pages())
    template = CopyTemplate.build(source, source.pages(), clusters, len(carriers.page))
    return (
        carriers,
        template,
        Layout(carriers.page, carriers.segment, carriers.box, carriers.axis, carriers.em),
    )


def threshold_line(gap: float) -> bytes:
    """Spaced letters, and words `gap` thousandths of an em further apart than letters."""
    return b"2 Tc [" + (b"(word) %.1f " % -gap) * 9 + b"(word)] TJ T* 0 Tc\n"


def test_sound_document_keeps_all_its_lines() -> None:
    data = one_page(paragraph())
    carriers, template, layout = prepared(data)
    outcome = settle(data, template, layout, carriers.trials(np.random.default_rng(0), 5), pdftotext=POPPLER)
    assert outcome.segments == set()
    assert outcome.pages == {}


def test_line_on_an_extractor_threshold_is_found_and_frozen() -> None:
    good = b"(sound words that are far from any threshold) Tj T*\n"
    for gap in np.arange(100.0, 200.0, 5):
        content = b"BT /F1 11 Tf 14 TL 72 700 Td\n" + good * 3 + threshold_line(gap) + good * 3 + b"ET"
        data = one_page(content)
        carriers, template, layout = prepared(data)
        trials = list(carriers.trials(np.random.default_rng(0), 5))
        with open_renderer(data) as original, open_renderer(template.copy(trials[2])) as copy:
            if original.text(0) != copy.text(0):
                break
    else:
        pytest.fail("no gap near a threshold of pdfium was found")
    outcome = settle(data, template, layout, trials, pdftotext="")
    line = {int(s) for s, text in zip(carriers.segment, carriers.text, strict=True) if text == "word"}
    assert outcome.segments == line
    assert outcome.pages == {0: "1 line stays unmarked: the text that readers extract would change."}
    settled = carriers.freeze(outcome.segments, outcome.pages)
    for trial in settled.trials(np.random.default_rng(7), 8):
        with open_renderer(data) as original, open_renderer(template.copy(trial)) as copy:
            assert original.text(0) == copy.text(0)


def test_glyphs_that_do_not_go_where_they_should_are_noticed() -> None:
    data = one_page(paragraph())
    carriers, template, layout = prepared(data)
    wrong_axis = Layout(layout.page, layout.segment, layout.box, -layout.axis, layout.em)
    outcome = settle(data, template, wrong_axis, carriers.trials(np.random.default_rng(0), 4), pdftotext="")
    assert outcome.segments == set(carriers.carrier_segment.tolist())
    lines = len(outcome.segments)
    assert outcome.pages == {0: f"{lines} lines stay unmarked: the text that readers extract would change."}


def test_page_whose_rewriting_alone_changes_the_text_is_given_up() -> None:
    data = one_page(paragraph())
    carriers, template, layout = prepared(data)
    other = one_page(paragraph(line=b"Not the same document at all, whoever says so is mistaken"))
    outcome = settle(other, template, layout, [], pdftotext="")
    assert outcome.segments == set(carriers.carrier_segment.tolist())
    assert "rewritten" in outcome.pages[0]


@pytest.mark.skipif(not POPPLER, reason="pdftotext is not installed")
def test_poppler_is_asked_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = one_page(paragraph())
    carriers, template, layout = prepared(data)
    script = tmp_path_factory.mktemp("bin") / "pdftotext"
    # An extractor that shows the file's bytes: any displacement changes its "text".
    script.write_text('#!/bin/sh\nfor last; do :; done\neval file=\\${$(($# - 1))}\ncksum < "$file"\n')
    script.chmod(0o755)
    outcome = settle(
        data, template, layout, carriers.trials(np.random.default_rng(0), 4), pdftotext=str(script)
    )
    assert outcome.segments == set(carriers.carrier_segment.tolist())
