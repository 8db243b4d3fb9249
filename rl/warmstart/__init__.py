"""The supervised warm start, in one stage or several."""
