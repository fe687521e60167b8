"""Decisions about services, on plain values."""
