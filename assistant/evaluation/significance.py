"""Two ways of doing something on the same cases → how likely chance alone makes them as different as they are."""

from collections.abc import Sequence
from math import comb

import numpy as np

DRAWS = 10000
SEED = 7


def mcnemar(ours: Sequence[bool], theirs: Sequence[bool]) -> float:
    """Two-sided exact p that two ways are right equally often (McNemar 1947), on the same cases."""
    better = sum(one and not other for one, other in zip(ours, theirs, strict=True))
    worse = sum(other and not one for one, other in zip(ours, theirs, strict=True))
    tail = sum(comb(better + worse, count) for count in range(min(better, worse) + 1))
    p: float = 2 * tail / 2 ** (better + worse)
    return min(1.0, p)


def randomised(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Two-sided p that two ways have the same mean (paired randomisation, Fisher 1935), from 10,000 draws of signs."""
    differences = np.array(ours) - np.array(theirs)
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), size=(DRAWS, len(differences)))
    as_far = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9
    return float((as_far.sum() + 1) / (DRAWS + 1))
