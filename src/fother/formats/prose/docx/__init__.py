"""Word files (DOCX; ECMA-376 part 1, WordprocessingML) as prose: only the letters of their runs change."""

from fother.formats.prose.docx.document import Docx, DocxTemplate

__all__ = ["Docx", "DocxTemplate"]
