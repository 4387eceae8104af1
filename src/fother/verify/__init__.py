"""The formats that proofs are made of, and their check: standard library and `cryptography` only.

Nothing here imports another part of Fother, so that a sceptic can read and run it alone. What writes these
formats elsewhere takes the encodings from here, so that writer and verifier cannot disagree. A released
format never changes; a new one gets a new version.
"""
