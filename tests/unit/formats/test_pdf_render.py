from __future__ import annotations

import numpy as np
import pikepdf
import pytest
from pdf_samples import add_page, one_page, paragraph, resources, saved

from fother.errors import InputFileError, PasswordError
from fother.formats.pdf.render import display_matrix, open_renderer

BOX = b"0 g 200 300 40 20 re f"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, [150, 250, 350, 500]])
def test_matrix_leads_to_the_pixels(turn: int, crop: list[int] | None) -> None:
    entries = {"Rotate": turn} | ({"CropBox": crop} if crop else {})
    with open_renderer(one_page(BOX, **entries)) as renderer:
        image, matrix = renderer.render(0, 144)
        width, height = renderer.size(0)
    assert image.shape == (np.ceil(height * 2), np.ceil(width * 2))
    rows, columns = np.nonzero(image < 128)
    centre = matrix @ [220, 310, 1]
    np.testing.assert_allclose([columns.mean() + 0.5, rows.mean() + 0.5], centre, atol=0.6)
    corners = np.array([matrix @ [x, y, 1] for x in (200, 240) for y in (300, 320)])
    np.testing.assert_allclose([columns.min(), rows.min()], corners.min(0), atol=1)
    np.testing.assert_allclose([columns.max() + 1, rows.max() + 1], corners.max(0), atol=1)


def test_display_matrix_maps_the_box_onto_the_image() -> None:
    matrix = display_matrix((10, 20, 110, 220), 0, 200, 400)
    np.testing.assert_allclose(matrix @ [10, 220, 1], [0, 0], atol=1e-9)
    np.testing.assert_allclose(matrix @ [110, 20, 1], [200, 400])


def test_matrix_of_any_image_size() -> None:
    with open_renderer(one_page(BOX)) as renderer:
        np.testing.assert_allclose(renderer.matrix(0, 612, 792) @ [72, 700, 1], [72, 92])


def test_characters_have_origins_in_user_space() -> None:
    with open_renderer(
        one_page(b"BT /F1 10 Tf 72 700 Td (Hi you) Tj ET", CropBox=[50, 50, 600, 750])
    ) as renderer:
        found = renderer.characters(0)
        assert renderer.text(0) == "Hi you"
    assert found.text == "Hi you"
    np.testing.assert_allclose(found.origin[0], [72, 700], atol=1e-3)
    assert np.all(np.diff(found.origin[:, 0]) > 0)


def test_page_without_text() -> None:
    with open_renderer(one_page(BOX)) as renderer:
        found = renderer.characters(0)
    assert found.text == ""
    assert found.origin.shape == (0, 2)


def test_errors_are_ours() -> None:
    with pytest.raises(InputFileError, match="damaged"), open_renderer(b"nonsense"):
        pass
    pdf = pikepdf.new()
    add_page(pdf, paragraph(1), resources(pdf))
    locked = saved(pdf, encryption=pikepdf.Encryption(user="u", owner="o"))
    with pytest.raises(PasswordError), open_renderer(locked):
        pass
    with open_renderer(locked, "u") as renderer:
        assert renderer.page_count == 1
        with pytest.raises(InputFileError, match="Page 5"):
            renderer.render(4, 72)
