"""References of the cluster family: full-batch k-means of scikit-learn, scored in float64.

Every restart (k-means++, Lloyd, scikit-learn's default tolerance) is one file in the work folder, so
that a computation that was interrupted goes on where it stopped. The reference is the restart of the
lowest inertia among the first ten, which is what `KMeans(n_init=10)` keeps.
"""
import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.metrics.pairwise import euclidean_distances

N_INIT = 10
SECOND_N_INIT = 3
SILHOUETTE_FRAMES = 5_000
SILHOUETTE_DRAWS = 5


def two_nearest_squared(rows, centres):
    """Squared distances of each row to its nearest and second-nearest centre, float64."""
    nearest = np.empty((len(rows), 2))
    norms = np.einsum("ij,ij->i", centres, centres)
    for start in range(0, len(rows), 8192):
        block = rows[start : start + 8192]
        squared = norms - 2 * block @ centres.T
        two = np.argpartition(squared, 1, axis=1)[:, :2]
        for column in (0, 1):
            differences = block - centres[two[:, column]]
            nearest[start : start + len(block), column] = np.einsum("ij,ij->i", differences, differences)
    return np.sort(nearest, axis=1)


class Frames:
    """Frames around their mean, float64, and what restarts share."""

    def __init__(self, frames):
        self.rows = frames.astype(np.float64)
        self.mean = self.rows.mean(axis=0)
        self.rows -= self.mean
        self.draws = None

    def silhouette(self, labels):
        """The mean over random draws, those of silhouette_score(sample_size=5000, random_state=draw)."""
        if self.draws is None:
            self.draws = [self.draw(number) for number in range(SILHOUETTE_DRAWS)]
        return float(
            np.mean([silhouette_score(far, labels[drawn], metric="precomputed") for drawn, far in self.draws])
        )

    def draw(self, number):
        drawn = np.random.RandomState(number).permutation(len(self.rows))[:SILHOUETTE_FRAMES]
        distances = euclidean_distances(self.rows[drawn])
        np.fill_diagonal(distances, 0)
        return drawn, distances


def scores(frames, labels, k):
    """The cluster family of a partition of the frames; centres are the means of its clusters."""
    rows = frames.rows
    counts = np.bincount(labels, minlength=k)
    order = np.argsort(labels, kind="stable")
    occupied = np.flatnonzero(counts)
    starts = np.concatenate([[0], np.cumsum(counts[occupied])[:-1]])
    centres = np.add.reduceat(rows[order], starts) / counts[occupied, None]
    two = two_nearest_squared(rows, centres)
    shares = counts[occupied] / len(rows)
    a, b = np.sqrt(two).T
    inertia = float(two[:, 0].mean())
    larger = np.maximum(a, b)
    simplified = np.divide(b - a, larger, out=np.zeros_like(a), where=larger > 0)
    return {
        "inertiaPerFrame": inertia,
        "inertiaNormalised": inertia / float(np.einsum("ij,ij->i", rows, rows).mean()),
        "daviesBouldin": float(davies_bouldin_score(rows, labels)),
        "calinskiHarabasz": float(calinski_harabasz_score(rows, labels)),
        "silhouette": frames.silhouette(labels),
        "simplifiedSilhouette": float(simplified.mean()),
        "usagePerplexity": float(np.exp(-(shares * np.log(shares)).sum())),
        "deadClusters": int(k - len(occupied)),
    }


def restart(frames, k, seed, folder):
    """The scores of one restart, fitted in float32."""
    name = f"k{k}_seed{seed}"
    begun = time.monotonic()
    found = KMeans(k, n_init=1, random_state=seed, algorithm="lloyd").fit(frames.rows.astype(np.float32))
    result = scores(frames, found.labels_, k)
    result["iterations"] = int(found.n_iter_)
    result["seconds"] = round(time.monotonic() - begun, 1)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"{name}.npz", centres=found.cluster_centers_ + frames.mean, labels=found.labels_)
    (folder / f"{name}.json").write_text(json.dumps(result))
    print(f"  {folder.name} {name}: {result}", file=sys.stderr, flush=True)
    return result


def restarts(frames, k, seeds, folder, only_cached):
    """The scores of the restarts with these seeds, from their files where those are there."""
    scored = []
    for seed in seeds:
        file = folder / f"k{k}_seed{seed}.json"
        if file.exists():
            scored.append(json.loads(file.read_text()))
        elif not only_cached:
            scored.append(restart(frames, k, seed, folder))
    return scored


def best(scored):
    return min(scored, key=lambda one: one["inertiaPerFrame"])
