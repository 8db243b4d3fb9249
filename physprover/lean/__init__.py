"""The trusted core: everything that touches Lean. See `protocol` for the two questions an engine answers."""
