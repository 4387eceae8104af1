"""PDF: glyphs with their source addresses, templates that write copies by patching bytes, pixels, stamps."""
