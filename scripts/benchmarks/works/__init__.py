"""The works, one a file; a file that starts with an underscore is shared by several."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)

# The table's order; a work that is not named here comes last.
ORDER = (
    "single_sgd",
    "ensemble_gd",
    "ensemble_adam",
    "plane",
    "hessian",
    "descents",
    "student_teacher",
    "mlp_128",
    "mlp_512",
    "threads",
    "starts",
    "window",
)
