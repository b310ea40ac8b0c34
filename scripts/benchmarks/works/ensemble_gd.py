"""Many networks at once by plain gradient descent."""

from benchmarks.works._ensemble import work

WORK = work("gd")
