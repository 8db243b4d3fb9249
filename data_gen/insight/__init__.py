"""Insight labels by Lean: what each accepted proof of a data set needs, constructs and transforms, and its sketch."""
