"""Sample captures of pages, made by a simulator: for the demonstration, the tests and the benchmarks."""
