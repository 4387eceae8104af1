"""Find the page that a capture shows by the shapes of its words alone, where no text can be read."""

from fother.vision.shapes.blobs import WordBlobs, word_blobs
from fother.vision.shapes.index import ShapeHit, ShapeIndex
from fother.vision.shapes.signature import page_signature

__all__ = ["ShapeHit", "ShapeIndex", "WordBlobs", "page_signature", "word_blobs"]
