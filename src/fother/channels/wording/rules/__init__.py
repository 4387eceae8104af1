"""Families of changes that keep the meaning: a module each, its table and the conditions that must hold."""
