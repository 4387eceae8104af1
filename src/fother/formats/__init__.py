"""How file types are read and written. Each sub-package knows one format and nothing about codes."""
