"""Documents as text that can be rewritten in place: plain text, Markdown, HTML, mail, DOCX."""
