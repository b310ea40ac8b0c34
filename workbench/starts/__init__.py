"""Bundled starting points: parameters that were constructed, not drawn.

Each is an initializer in a file of its own, with the facts ``sizes`` (the layer sizes that it is
for) and ``fixed`` (a function returning its parameters, float64 in the flat layout).
"""
