"""Encryption at rest: a cipher, a ring of keys, and the lock that the ring is kept under."""
