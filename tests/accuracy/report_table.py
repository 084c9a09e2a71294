"""Rows of the accuracy report: our value, its reference, their difference, its limit."""
import math

import cluster_reference

RANK_LIMITS = {  # relative; anisotropy, which may be 0, absolute
    "rankMe": 1e-8,
    "rankMeCentred": 1e-8,
    "rankMeUtterance": 1e-8,
    "stableRank": 1e-8,
    "participationRatio": 1e-8,
    "effectiveRankSquared": 1e-6,
    "alphaReQ": 1e-6,
    "anisotropy": 1e-8,
    "meanNorm": 1e-8,
    "normalisedStd": 1e-8,
}
# What second moments in float64 allow when many singular values are so small that their squares are no
# larger than the rounding of the largest one's. A single one, such as a layer normalisation leaves, costs nothing.
MOST_DROWNED = 0.01
FLOOR_LIMITS = {"rankMe": 1e-7, "rankMeCentred": 1e-7}
CLUSTER_LIMITS = {  # relative; silhouettes absolute
    "inertiaPerFrame": 0.02,
    "inertiaNormalised": 0.02,
    "daviesBouldin": 0.03,
    "calinskiHarabasz": 0.03,
    "silhouette": 0.01,
    "simplifiedSilhouette": 0.01,
    "usagePerplexity": 0.04,
}
# Isotropic noise has no clusters to find: scikit-learn's own restarts differ by up to 14 % there.
NOISE = {"collapsed", "large_mean"}
PERPLEXITY_LIMIT_OF_NOISE = 0.1
ABSOLUTE = {"anisotropy", "silhouette", "simplifiedSilhouette"}


def difference(metric, ours, reference):
    """Ours minus the reference, over the reference unless the metric is compared absolutely."""
    if ours is None or reference is None:
        return 0.0 if ours is reference else math.nan
    return (ours - reference) / (1.0 if metric in ABSOLUTE else abs(reference))


def number(value):
    return "none" if value is None else f"{value:.6g}"


class Row:
    limits = {}

    def __init__(self, name, metric, ours, reference):
        self.name, self.metric, self.ours, self.reference = name, metric, ours, reference
        self.limit = self.limits[metric]
        self.difference = difference(metric, ours, reference)
        self.ok = abs(self.difference) <= self.limit  # not when it is NaN

    def shown(self, value):
        return f"{value:+.1e}"

    def verdict(self):
        return "ok" if self.ok else "**MISS**"

    def cells(self):
        limit = f"{self.limit:.0e}" + (" abs." if self.metric in ABSOLUTE else "")
        return [number(self.ours), number(self.reference), self.shown(self.difference), limit, self.verdict()]


class RankRow(Row):
    limits = RANK_LIMITS

    def __init__(self, name, metric, ours, reference):
        if reference["drowned"] > MOST_DROWNED:
            self.limits = {**RANK_LIMITS, **FLOOR_LIMITS}
        super().__init__(name, metric, ours, reference[metric])


class ClusterRow(Row):
    limits = CLUSTER_LIMITS

    @staticmethod
    def of(name, k, ours, first, second):
        """Rows of one k; `first` and `second` are the restarts of two references."""
        best = cluster_reference.best(first)
        other = cluster_reference.best(second) if second else {}
        rows = []
        for metric in CLUSTER_LIMITS:
            value = ours[metric] if ours["k"] == k else None
            row = ClusterRow(name, metric, value, best[metric])
            if metric == "usagePerplexity" and name in NOISE:
                row.limit, row.ok = PERPLEXITY_LIMIT_OF_NOISE, abs(row.difference) <= PERPLEXITY_LIMIT_OF_NOISE
            spread = [difference(metric, one[metric], best[metric]) for one in first + second]
            row.k, row.lowest, row.highest = k, min(spread), max(spread)
            row.second = difference(metric, other[metric], best[metric]) if other else None
            row.restarts = (len(first), len(second))
            rows.append(row)
        return rows

    def verdict(self):
        within = not self.ok and self.lowest <= self.difference <= self.highest
        return super().verdict() + (", within the restarts" if within else "")

    def shown(self, value):
        if value is None:
            return ""
        return f"{value:+.4f}" if self.metric in ABSOLUTE else f"{100 * value:+.2f} %"

    def cells(self):
        absolute = self.metric in ABSOLUTE
        limit = f"{self.limit:g} abs." if absolute else f"{100 * self.limit:g} %"
        spread = f"{self.shown(self.lowest)} to {self.shown(self.highest)}"
        return [
            number(self.ours),
            number(self.reference),
            self.shown(self.difference),
            limit,
            self.verdict(),
            self.shown(self.second),
            spread,
        ]


def table(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)] + rows
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def summary(results, family, limits):
    """A row per metric: where it differs most."""
    rows = []
    for metric in limits:
        found = [row for one in results for row in one[family] if row.metric == metric]
        if not found:
            continue
        worst = max(found, key=lambda row: math.inf if math.isnan(row.difference) else abs(row.difference))
        misses = sum(not row.ok for row in found)
        where = worst.name + (f", k = {worst.k}" if family == "clusters" else "")
        cells = worst.cells()
        rows.append([f"`{metric}`", str(len(found)), cells[2], cells[3], where, str(misses)])
    header = ["metric", "compared", "largest difference", "limit", "where", "misses"]
    return table(header, rows)


def section(result):
    n, d = result["shape"]
    parts = [f"### {result['set'].name}\n", f"{result['set'].title}; n = {n:,}, d = {d}.\n"]
    header = ["metric", "ours", "reference", "difference", "limit", ""]
    parts.append(table(header, [[f"`{row.metric}`"] + row.cells() for row in result["ranks"]]))
    for k in result["set"].clusters:
        rows = [row for row in result["clusters"] if row.k == k]
        if not rows:
            parts.append(f"k = {k}: there is no reference yet.\n")
            continue
        ours = result["ours"][f"k{k}"]["clusters"]
        first, second = rows[0].restarts
        parts.append(
            f"k = {k}; ours scored {ours['sampleFrames']:,} frames; reference: best of {first} restarts, "
            f"second reference: of {second} others.\n"
        )
        header = ["metric", "ours", "reference", "difference", "limit", "", "second reference", "all restarts"]
        parts.append(table(header, [[f"`{row.metric}`"] + row.cells() for row in rows]))
    return "\n".join(parts)


INTRODUCTION = """# Accuracy

Made by `tests/accuracy/report`; do not edit.

Every data set is measured by Sounding as the job does it, with default settings (32 shards, their summaries
through bytes, merged), and by float64 references: {versions}.
The frames are float32, and both sides read the same ones.

* Rank family: from the singular values of the frames in float64. Ours come from second moments; where more than a
  hundredth of the singular values are below 1e-7 of the largest, their squares drown in its rounding, and the limit
  of `rankMe` and `rankMeCentred` is 1e-7 in place of 1e-8.
* Cluster family: `KMeans(k, init="k-means++", n_init=10)` on **all** frames, default tolerance; fitted in float32 on frames
  around their mean, scored in float64 with `davies_bouldin_score`, `calinski_harabasz_score` and `silhouette_score`
  on all frames; the silhouette is the mean over five random draws of 5,000, ours is of 5,000 chosen by their keys.
* Differences are ours minus the reference, relative to it, or absolute where the limit says so.
* "Second reference": the same with other seeds; "all restarts": the single restarts of both, from the lowest to the
  highest. Both are differences from the reference: a difference of ours within them means nothing.
"""


def markdown(results, versions):
    misses = [row for one in results for row in one["ranks"] + one["clusters"] if not row.ok]
    parts = [INTRODUCTION.format(versions=versions)]
    parts.append("## Largest differences\n")
    parts.append(summary(results, "ranks", RANK_LIMITS))
    parts.append(summary(results, "clusters", CLUSTER_LIMITS))
    parts.append("## Data sets\n")
    parts += [section(one) for one in results]
    return "\n".join(parts), len(misses)
