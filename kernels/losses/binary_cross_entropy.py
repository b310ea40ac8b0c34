"""Binary cross-entropy: every output is a question of its own, answered by a probability.

-(t log p + (1 - t) log(1 - p)), averaged over outputs and samples; with sigmoid outputs only. It is
what ``cross_entropy`` computes with these, under the name by which PyTorch and Keras know it.
Bishop 2006, "Pattern Recognition and Machine Learning", eq. 4.90.
"""

from typing import NamedTuple

from kernels.losses import catalog, fuse
from kernels.losses.cross_entropy import bend_with_sigmoid, with_sigmoid
from kernels.outputs.sigmoid import SigmoidOutput


class BinaryCrossEntropy(NamedTuple):
    """No hyper-parameters."""


catalog.register(
    BinaryCrossEntropy,
    "binary_cross_entropy",
    "cross-entropy of one yes or no per output; needs sigmoid outputs",
    accepts=("sigmoid",),
    aliases=("bce",),
)
fuse(BinaryCrossEntropy, SigmoidOutput, with_sigmoid, bend_with_sigmoid)
