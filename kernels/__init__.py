"""Compiled numerical kernels: arrays in, arrays out. Knows NumPy and Numba only."""
