"""Leaked files are hostile: a limited child process parses them; only text, numbers and pixels return."""
