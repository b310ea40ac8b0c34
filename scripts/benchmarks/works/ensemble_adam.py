"""Many networks at once by Adam."""

from benchmarks.works._ensemble import work

WORK = work("adam")
