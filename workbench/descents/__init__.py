"""Descents on surfaces: what one is, where it ends, races, and many at once."""
