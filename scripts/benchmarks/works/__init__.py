"""The works, one a file; a file that starts with an underscore is shared by several."""

# The table's order; a work that is not named here comes last.
ORDER = (
    "single_sgd",
    "ensemble_gd",
    "ensemble_adam",
    "plane",
    "hessian",
    "descents",
    "mlp_128",
    "mlp_512",
    "threads",
    "starts",
    "window",
)
