"""Press reports: who is said to have said what about a leak, to whom it goes back, how positions change."""
