"""References of the rank family: float64, by singular value decomposition of the frames themselves."""
import numpy as np

ALPHA_FIRST, ALPHA_END = 10, 100
DROWNED = 1e-7


def exp_entropy(shares):
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def rank_me(sigma):
    q = sigma / sigma.sum() + 1e-7
    return float(np.exp(-(q * np.log(q)).sum()))


def singular_values(rows):
    return np.linalg.svd(rows, compute_uv=False)


def alpha_req(eigenvalues):
    positive = eigenvalues[eigenvalues > 0]
    index = np.arange(ALPHA_FIRST, min(ALPHA_END, len(positive)))
    if len(index) < 3:
        return None
    weights = 1 / (index + 1.0)
    x, y = np.log(index + 1.0), np.log(positive[index])
    design = np.stack([np.ones_like(x), x], axis=1) * np.sqrt(weights)[:, None]
    solution = np.linalg.lstsq(design, y * np.sqrt(weights), rcond=None)[0]
    return float(-solution[1])


def rank_reference(frames, lengths):
    """The rank family: `frames` float32 [n, d], `lengths` the frames of each utterance; and under
    `drowned` the share of singular values of the centred frames below DROWNED of the largest."""
    rows = frames.astype(np.float64)
    n = len(rows)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    sums = np.add.reduceat(rows, starts)
    norms = np.linalg.norm(rows, axis=1)
    units = rows / norms[:, None]
    sigma = singular_values(rows)
    centred = singular_values(rows - rows.mean(axis=0))
    eigenvalues = centred**2
    squares = sigma**2
    return {
        "rankMe": rank_me(sigma),
        "rankMeCentred": rank_me(centred),
        "rankMeUtterance": rank_me(singular_values(sums)),
        "effectiveRankSquared": exp_entropy(eigenvalues / eigenvalues.sum()),
        "stableRank": float(squares.sum() / squares[0]),
        "participationRatio": float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum()),
        "alphaReQ": alpha_req(eigenvalues),
        "anisotropy": float(((units.sum(axis=0) ** 2).sum() - n) / (n * (n - 1))),
        "meanNorm": float(norms.mean()),
        "normalisedStd": float(units.std(axis=0).mean()),
        "drowned": float((centred < DROWNED * centred[0]).mean()),
    }
