/**
 * How to read a metric, in plain words beside the formula that the server gives. Bounds and warnings
 * are those of the project's definitions; no metric is called good or bad.
 */

const NOTES = {
  rankMe: ['directions', 'How many directions the frames span, their mean included: from 1, when all lie on one line, to the frame dimension. Alarms watch its fall below the run\'s own peak.'],
  rankMeCentred: ['directions', 'How many directions the frames span around their mean. A collapse onto one vector cannot be seen here: see RankMe or anisotropy.'],
  rankMeUtterance: ['directions', 'RankMe over one vector per utterance. The number of utterances limits it: compare it on one corpus only.'],
  effectiveRankSquared: ['directions', 'How many directions carry the variance. Squaring lets the strongest count more, so it lies below RankMe.'],
  stableRank: ['directions', 'All the energy of the spectrum over that of its strongest direction: 1 when there is only one.'],
  participationRatio: ['directions', 'Over how many directions the variance is spread: from 1 to the frame dimension.'],
  alphaReQ: [null, 'How steeply the spectrum falls, as the exponent of a power law. The range of the fit changes it.'],
  anisotropy: [null, 'How much the frames point the same way. It goes to 1 when all collapse onto one vector, which centred metrics cannot see.'],
  meanNorm: [null, 'How long the frames are. Inertia falls when they shrink, so read the two together.'],
  normalisedStd: [null, 'How much the directions of the frames vary: 1/√d when they point everywhere alike.'],
  inertiaPerFrame: [null, 'How far frames lie from the centres of their clusters. It also falls when the norms shrink, so a collapse can look like progress here. Its error is that of drawing frames: other utterances move it several times as far.'],
  inertiaNormalised: [null, 'The share of the variance that the clusters leave unexplained. Free of scale.'],
  daviesBouldin: [null, 'How wide clusters are, compared with the distances between them.'],
  silhouette: [null, 'How much nearer frames are to their own cluster than to the next: from −1 to 1. Its error is that of drawing frames: other utterances move it several times as far.'],
  simplifiedSilhouette: [null, 'How much nearer frames are to their own centre than to the next: from about 0, where there are no clusters, to 1.'],
  calinskiHarabasz: [null, 'Variance between clusters over variance within. A collapsed run can look like an untrained one here.'],
  usagePerplexity: ['clusters', 'How many clusters are used evenly: 1 when collapsed, at most k.'],
  deadClusters: ['clusters', 'Clusters that no sampled frame falls on.'],
};

/** Why no direction is marked as the better one. */
export const NO_DIRECTION =
  'Neither high nor low is better by itself: compare a run with its own past, and correlate with your scores.';

/** How to read it, in words; empty where nothing is known. */
export function metricNote(name) {
  return NOTES[name]?.[1] ?? '';
}

/** Its unit; null: it has none. */
export function metricUnit(name) {
  return NOTES[name]?.[0] ?? null;
}
