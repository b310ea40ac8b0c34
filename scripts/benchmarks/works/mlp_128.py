"""A layer of 128 units on inputs as large as MNIST's, batches of 64."""

from benchmarks.works._mlp import work

WORK = work(128, 64)
