"""A run or an evaluation on one self-contained page, and its tables as Markdown."""
