"""What a simulated capture may look like: ranges of paper, light, lens and file formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Fold = Literal["none", "half", "thirds", "quarters"]
Cover = Literal["none", "hand", "thumb", "pen", "coffee", "mug"]
Desk = Literal["wood", "dark", "grey", "cloth"]
Range = tuple[float, float]


@dataclass(frozen=True)
class Printer:
    """An office laser printer.

    `gain` 0 … 0.25 dot gain at edges; `roughness` 0 … 0.2 raggedness of edges; `density` 0.7 (toner nearly
    empty) … 0.97 darkness of solid ink; `stretch` 0 … 0.004 largest error of the paper feed, as a share.
    """

    gain: float = 0.14
    roughness: float = 0.10
    density: float = 0.94
    stretch: float = 0.002


@dataclass(frozen=True)
class Scan:
    """A flatbed or document-feeder scan of a printed page.

    `skew` 0 … 1.5 largest rotation in degrees; `blur` 0.2 … 0.8 optical blur in pixels; `wobble` 0 … 0.1
    uneven feed in millimetres; `noise` 0 … 0.03 of the white level; `dust` 0 … 40 specks on the page;
    `paper` reflectance range; `contrast` 0 … 0.8 of the scanner's curve that clears the paper to white;
    `quality` JPEG 40 … 95, None for lossless.
    """

    skew: float = 1.0
    blur: float = 0.45
    wobble: float = 0.04
    noise: float = 0.012
    dust: int = 12
    paper: Range = (0.78, 0.90)
    contrast: float = 0.6
    quality: int | None = 80
    printer: Printer = field(default_factory=Printer)


@dataclass(frozen=True)
class Photo:
    """A phone's photo of a printed page on a desk.

    Geometry: `curl` 0 flat … 1 strongly bent; `fold` and `fold_depth` 0 … 1; `tilt` 0 … 25 degrees, the
    largest angle off the vertical in both directions; `roll` 0 … 10 degrees; `distance` 1.2 … 3 times the
    long side of what is framed (near means strong perspective); `margin` range of desk around the page as
    a share of its width (negative: cut off); `box` x0, y0, x1, y1 as fractions of the page, what is
    framed; `aspect` of the sensor, None for exactly the framed box; `distortion` ± 0.02 of the lens.
    Light: `gradient` 0 … 0.6, `vignette` 0 … 0.4, `shadow` 0 … 0.7; `exposure` 0.5 … 1.1 brightness of
    paper in full light. Camera: `defocus` 0 … 3 and `shake` 0 … 4 pixels; `photons` 0.3 (dim) … 20
    thousand; `denoise` 0 … 1; `sharpen` 0 … 1.2; `contrast` 0 … 1; `quality` range of JPEG 70 … 90.
    `messenger`: sent through a chat program: at most 1600 pixels, JPEG 70. `cover`: what lies on the page;
    "coffee" is a stain one sees through, the others hide text. `colour` False gives a grey photo, faster.
    """

    curl: float = 0.35
    fold: Fold = "none"
    fold_depth: float = 0.6
    tilt: float = 8.0
    roll: float = 3.0
    distance: float = 1.6
    margin: Range = (0.02, 0.08)
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    aspect: float | None = 4 / 3
    distortion: float = 0.006
    gradient: float = 0.30
    vignette: float = 0.15
    shadow: float = 0.25
    exposure: float = 0.80
    defocus: float = 0.7
    shake: float = 0.9
    photons: float = 4.0
    denoise: float = 0.5
    sharpen: float = 0.6
    contrast: float = 0.35
    quality: tuple[int, int] = (70, 90)
    messenger: bool = False
    cover: Cover = "none"
    desk: Desk | None = None  #: None: drawn by chance
    colour: bool = True
    printer: Printer = field(default_factory=Printer)


@dataclass(frozen=True)
class ScreenPhoto:
    """A phone's photo of a page shown on a flat screen.

    `zoom` 72 … 150 screen pixels per inch of the page, area-averaged as a viewer with antialiasing does;
    `mesh` 0 … 1 visibility of the red, green and blue stripes and the gaps between pixels, whose beat with
    the sensor makes moiré; `glare` 0 … 0.3 of the white level reflected from a window. The camera's own
    ranges are those of `Photo`.
    """

    zoom: float = 110.0
    mesh: float = 0.7
    glare: float = 0.06
    camera: Photo = field(
        default_factory=lambda: Photo(
            curl=0.0, tilt=9.0, gradient=0.15, shadow=0.0, exposure=0.68, defocus=0.8, margin=(0.01, 0.05)
        )
    )
