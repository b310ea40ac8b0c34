"""What a report says of its methods, and whom it cites."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.census.paired import EXACT
from workbench.comparison.outcomes import Statistics
from workbench.numerals import percent

REFERENCES: Mapping[str, str] = {
    "Boender & Rinnooy Kan 1987": "C. G. E. Boender, A. H. G. Rinnooy Kan: Bayesian stopping rules "
    "for multistart global optimization methods. Mathematical Programming 37, 59-80.",
    "Good 1953": "I. J. Good: The population frequencies of species and the estimation of "
    "population parameters. Biometrika 40, 237-264.",
    "Hodges & Lehmann 1963": "J. L. Hodges, E. L. Lehmann: Estimates of location based on rank "
    "tests. Annals of Mathematical Statistics 34, 598-611.",
    "Hoeffding 1948": "W. Hoeffding: A class of statistics with asymptotically normal "
    "distribution. Annals of Mathematical Statistics 19, 293-325.",
    "Holm 1979": "S. Holm: A simple sequentially rejective multiple test procedure. Scandinavian "
    "Journal of Statistics 6, 65-70.",
    "Kerby 2014": "D. S. Kerby: The simple difference formula: an approach to teaching "
    "nonparametric correlation. Comprehensive Psychology 3, 11.IT.3.1.",
    "Massart 1990": "P. Massart: The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality. "
    "Annals of Probability 18, 1269-1283.",
    "McNemar 1947": "Q. McNemar: Note on the sampling error of the difference between correlated "
    "proportions or percentages. Psychometrika 12, 153-157.",
    "Newcombe 1998": "R. G. Newcombe: Improved confidence intervals for the difference between "
    "binomial proportions based on paired data. Statistics in Medicine 17, 2635-2650.",
    "Streitberg & Röhmel 1986": "B. Streitberg, J. Röhmel: Exact distributions for permutation "
    "and rank tests. Statistical Software Newsletter 12, 10-17.",
    "Wilcoxon 1945": "F. Wilcoxon: Individual comparisons by ranking methods. Biometrics "
    "Bulletin 1, 80-83.",
    "Wilson 1927": "E. B. Wilson: Probable inference, the law of succession, and statistical "
    "inference. Journal of the American Statistical Association 22, 209-212.",
}


def methods(statistics: Statistics, with_steps: bool, with_census: bool) -> list[tuple[str, str]]:
    """Paragraphs, each with its title."""
    sure, m = percent(statistics.confidence, 0), len(statistics.tests)
    found = [
        (
            "Pairing",
            "Start i of one case is paired with start i of every other: they see the same data in "
            "the same order and draw from the same random numbers. All tests are over these pairs.",
        ),
        (
            "Failed starts",
            "A start that diverged, or whose loss is not finite, is never left out: it is no "
            "success, its loss and the steps that it would have needed are infinite, and it ranks "
            "behind every other. Two failed starts of a pair count as equal.",
        ),
        (
            "Success rates",
            "A start succeeds by a tolerance where its final training loss is at most the "
            f"tolerance. Intervals hold {sure} of the time, by Wilson's score method (Wilson "
            "1927). Two cases are compared by McNemar's test (McNemar 1947) with the exact "
            "binomial distribution over the pairs in which one start succeeded and the other did "
            "not; the effect is the difference of the rates in percentage points, with method 10 "
            "of Newcombe 1998 for paired data.",
        ),
        (
            "Losses" + (" and steps" if with_steps else ""),
            "Two cases are compared by Wilcoxon's signed-rank test (Wilcoxon 1945), two-sided; "
            "pairs without a difference are dropped, tied differences have their mean rank. With "
            f"up to {EXACT} differing pairs the p value is exact (Streitberg & Röhmel 1986), with "
            "more it is the normal approximation with the variance corrected for ties. The effect "
            "is the matched-pairs rank-biserial correlation (Kerby 2014) over the pairs that "
            "differ: +1 where the first case is lower in all of them, -1 where the second is; its "
            "interval has the variance of the U-statistic (Hoeffding 1948) and the form of "
            "Wilson's. The shift is that of Hodges & Lehmann 1963, first minus second, over the "
            "pairs in which neither start failed"
            + (" (of steps: in which both got there)." if with_steps else "."),
        ),
        (
            "Number of comparisons",
            f"{m} test{'s' if m != 1 else ''} in all. p is what one test alone gives; Holm's p "
            "(Holm 1979) is corrected for all of them together, and only that one is read here. "
            "Intervals are not corrected. "
            + (
                f"Every case is compared with {statistics.against} only."
                if statistics.against is not None
                else "Every pair of cases is compared."
            ),
        ),
        (
            "Distribution functions",
            "The share of all starts, failed ones included, at or below a value; with "
            f"{sure} probability the true function lies within the band everywhere at once "
            "(Dvoretzky, Kiefer and Wolfowitz's inequality with the constant of Massart 1990).",
        ),
    ]
    if with_census:
        found.append(
            (
                "Census",
                "End points are polished in double precision and classified from the exact "
                "Hessian on the complement of the network's known symmetries. Two of them are the "
                "same minimum where they agree up to these symmetries: hidden units permuted, "
                "rescaled, their signs turned. Unseen minima are estimated by the share of starts "
                "whose minimum was met only once (Good 1953) and by the posterior mean of their "
                "number (Boender & Rinnooy Kan 1987), which supposes that starts are independent "
                "and that any sizes of basins are equally likely.",
            )
        )
    return found


def references(texts: list[str]) -> list[str]:
    """The references that are named in ``texts``, in alphabetical order."""
    whole = " ".join(texts)
    return [f"{key}. {full}" for key, full in REFERENCES.items() if key in whole]
