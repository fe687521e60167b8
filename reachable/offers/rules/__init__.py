"""Decisions about offers, on plain values."""
