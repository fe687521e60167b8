"""How a row is read and judged, on plain values: no database, no clock, no files."""
