#!/usr/bin/env python3
"""Makes tests/golden/maintenance/transforms: what scikit-learn and SciPy give for the transforms of
src/maintenance on the same made numbers (k-means from given centres, z-scores, slopes, Mahalanobis
distances, correlation, areas, F1, Matthews' coefficient).

Run in an environment with `pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1`:
  python tools/golden/make_remaining_life_golden.py
"""
import hashlib
import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.spatial.distance import mahalanobis
from scipy.stats import linregress, pearsonr
from sklearn.cluster import KMeans
from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef, roc_auc_score
from sklearn.preprocessing import StandardScaler

RIDGE = 1e-3  # src/maintenance/remaining_life/novelty.cc


def far_apart(points, count):
    """Where our k-means begins: the first point, then each time the one farthest from those."""
    centres = [points[0]]
    while len(centres) < count:
        distance = numpy.min([((points - centre) ** 2).sum(1) for centre in centres], axis=0)
        centres.append(points[distance.argmax()])
    return numpy.array(centres)


def main():
    random = numpy.random.default_rng(20261127)
    middle = numpy.array([[0, 0], [4, 0], [0, 5], [6, 6]])
    points = numpy.round(middle[random.integers(0, 4, 120)] + random.normal(size=(120, 2)), 6)
    k_means = KMeans(4, init=far_apart(points, 4), n_init=1, algorithm="lloyd", tol=0, max_iter=100).fit(points)
    history = numpy.round(random.normal(size=(140, 2)).cumsum(0), 6)
    mixed = random.normal(size=(200, 3)) @ random.normal(size=(3, 3))
    rows = numpy.round(mixed, 6)
    covariance = numpy.cov(rows.T, bias=True) + RIDGE * numpy.eye(3)
    inverse = numpy.linalg.inv(covariance)
    answers = (random.random(300) < 0.15).astype(int)
    ranks = numpy.round(answers * 0.8 + random.random(300), 2)  # with ties
    decisions = (ranks > 0.9).astype(int)
    scaled = StandardScaler().fit_transform(history)
    out = {
        "k_means": {"points": points.ravel().tolist(), "centres": k_means.cluster_centers_.tolist(),
                    "labels": k_means.labels_.tolist(), "inertia": k_means.inertia_},
        "history": history.ravel().tolist(),
        "z": scaled.ravel().tolist(),
        "slopes": [[linregress(range(len(part)), part).slope for part in (history[max(0, 120 - w):120, s]
                    for s in range(2))] for w in (30, 60, 100, 120)],
        "deviation_30": history[90:120].std(0).tolist(),
        "mahalanobis": {"rows": rows.ravel().tolist(),
                        "distances": [mahalanobis(row, rows.mean(0), inverse) for row in rows[:20]]},
        "pearson": pearsonr(history[:, 0], history[:, 1])[0],
        "classes": {"ranks": ranks.tolist(), "answers": answers.tolist(), "decisions": decisions.tolist(),
                    "average_precision": average_precision_score(answers, ranks),
                    "roc_auc": roc_auc_score(answers, ranks), "f1": f1_score(answers, decisions),
                    "matthews": matthews_corrcoef(answers, decisions)},
    }
    folder = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/maintenance/transforms"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(out) + "\n"
    (folder / "transforms.json").write_text(text)
    (folder / "MANIFEST.toml").write_text(
        'generator = "tools/golden/make_remaining_life_golden.py"\n'
        f'reference = "PyPI scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {numpy.__version__}"\n'
        'tolerance = "1e-9 relative; slopes and deviations 1e-6 (stored as f32)"\n\n'
        f'[[file]]\nname = "transforms.json"\nsha256 = "{hashlib.sha256(text.encode()).hexdigest()}"\n')


main()
