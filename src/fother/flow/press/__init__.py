"""Press reports: taken in, read, reviewed, compared; feeds watched."""
