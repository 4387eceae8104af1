"""Ways to carry a code symbol: each channel decides *what* is changed, never how a file is written."""
