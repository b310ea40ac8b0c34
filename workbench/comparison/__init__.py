"""Comparisons: one experiment from many starts, with a thing or two of it varied, on disk."""
