"""Formulas that a user types: read by a whitelist, differentiated, compiled."""
