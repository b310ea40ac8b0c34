"""A layer of 512 units on inputs as large as MNIST's, batches of 256."""

from benchmarks.works._mlp import work

WORK = work(512, 256)
