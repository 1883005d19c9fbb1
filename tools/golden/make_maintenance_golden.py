#!/usr/bin/env python3
"""Makes tests/golden/maintenance: small inputs and what SciPy and scikit-learn say of them, for each
transform of src/maintenance/signal and each detector of src/maintenance/detect.

Run in an environment with `pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1`:
  python tools/golden/make_maintenance_golden.py
"""
import hashlib
import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy import signal, stats
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/maintenance"
WINDOWS = {"rectangular": "boxcar", "hann": "hann", "hamming": "hamming", "blackman": "blackman",
           "flat_top": "flattop"}


def rounded(values):
    """Inputs of six digits, so that the file says exactly what was computed with."""
    return np.round(np.asarray(values, dtype=float), 6)


def bursts(count, random):
    """Noise with a resonance that rings every 37 samples."""
    ring = np.exp(-np.arange(25) / 6.0) * np.sin(2 * np.pi * 0.31 * np.arange(25))
    out = random.normal(0, 0.2, count)
    for at in range(5, count - 25, 37):
        out[at:at + 25] += ring
    return rounded(out)


def band_signal(values, low, high):
    """The analytic signal of a band; half the rate is no part of it."""
    count = len(values)
    lines = np.fft.fft(values - values.mean())
    kept = np.zeros(count, complex)
    first = max(1, int(np.floor(low * count + 0.5)))
    end = min(int(np.floor(high * count + 0.5)), (count + 1) // 2)
    kept[first:end] = 2 * lines[first:end]
    return np.fft.ifft(kept)


def band_kurtosis(values, low, high):
    power = np.abs(band_signal(values, low, high)) ** 2
    return (power ** 2).mean() / power.mean() ** 2 - 2


def signal_golden():
    random = np.random.default_rng(20261127)
    values = bursts(300, random)  # 300 is no power of two: Bluestein's path
    power_of_two = values[:256]
    spectrum = np.fft.rfft(values)
    frequencies, density = signal.welch(values, fs=1000.0, nperseg=64)
    _, hamming = signal.welch(values, fs=1000.0, nperseg=50, window="hamming")
    analytic = signal.hilbert(values)
    envelope = np.abs(band_signal(values, 0, 0.5)) ** 2
    window = signal.get_window("hann", 300)
    squared = np.abs(np.fft.rfft((envelope - envelope.mean()) * window)) * 2 / window.sum()
    return {
        "signal": values.tolist(), "rate_hz": 1000.0,
        "spectrum_re": spectrum.real.tolist(), "spectrum_im": spectrum.imag.tolist(),
        "spectrum_256_re": np.fft.rfft(power_of_two).real.tolist(),
        "spectrum_256_im": np.fft.rfft(power_of_two).imag.tolist(),
        "windows": {name: signal.get_window(theirs, 16).tolist() for name, theirs in WINDOWS.items()},
        "welch_64_hann": density.tolist(), "welch_64_step_hz": frequencies[1],
        "welch_50_hamming": hamming.tolist(),
        "hilbert_envelope": np.abs(analytic).tolist(),
        "squared_envelope_spectrum": squared.tolist(),
        "kurtogram": [[low, high, band_kurtosis(values, low, high)]
                      for low, high in ((0, 0.5), (0.25, 0.5), (0.25, 0.375), (0.125, 0.1875))],
        "rms": float(values.std()), "kurtosis": float(stats.kurtosis(values, fisher=False)),
        "skewness": float(stats.skew(values)), "mean": float(values.mean()),
        "peak": float(np.abs(values - values.mean()).max()),
    }


def detect_golden():
    random = np.random.default_rng(7)
    hidden = random.normal(size=(160, 2))
    mixing = random.normal(size=(2, 6))
    rows = rounded(hidden @ mixing * [1, 10, 0.1, 1, 5, 1] + random.normal(0, 0.3, (160, 6)) + 20)
    fresh = rounded(rows[:6] + random.normal(0, 1.5, (6, 6)))
    scaler = StandardScaler().fit(rows)
    pca = PCA(n_components=2).fit(scaler.transform(rows))
    scores = pca.transform(scaler.transform(fresh))
    residual = scaler.transform(fresh) - pca.inverse_transform(scores)

    labels = (rows[:, 0] > np.median(rows[:, 0])).astype(int) + (rows[:, 3] > np.quantile(rows[:, 3], 0.7))
    logistic = LogisticRegression(C=0.7, tol=1e-10, max_iter=20000).fit(scaler.transform(rows), labels)

    patch = 8
    windows = lambda table: np.array([table[i:i + patch].ravel() for i in range(len(table) - patch + 1)])
    memory = NearestNeighbors(n_neighbors=1).fit(windows(scaler.transform(rows[:120])))
    distance, _ = memory.kneighbors(windows(scaler.transform(rows[120:])))

    series = np.zeros(200)
    noise = random.normal(size=200)
    for i in range(2, 200):
        series[i] = 1.2 * series[i - 1] - 0.5 * series[i - 2] + noise[i]
    series = rounded(series + 40)
    lagged = np.array([series[i - 3:i][::-1] for i in range(3, 150)])
    autoregression = LinearRegression().fit(lagged, series[3:150])
    spread = (series[3:150] - autoregression.predict(lagged)).std()
    later = np.array([series[i - 3:i][::-1] for i in range(150, 200)])
    return {
        "rows": rows.tolist(), "fresh": fresh.tolist(),
        "pca_components": 2, "pca_t2": (scores ** 2 / pca.explained_variance_).sum(1).tolist(),
        "pca_q": (residual ** 2).sum(1).tolist(), "pca_q_contributions": (residual ** 2).tolist(),
        "labels": labels.tolist(), "logistic_c": 0.7,
        "logistic_probabilities": logistic.predict_proba(scaler.transform(fresh)).tolist(),
        "patch": patch, "patch_train_rows": 120,
        # The memory scales by its own 120 rows; here by all: the test hands both the same scaling.
        "patch_mean": scaler.mean_.tolist(), "patch_deviation": scaler.scale_.tolist(),
        "patch_distance": (distance[:, 0] / np.sqrt(patch * 6)).tolist(),
        "series": series.tolist(), "forecast_order": 3, "forecast_train": 150,
        "forecast_residual": ((series[150:] - autoregression.predict(later)) / spread).tolist(),
    }


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    manifest = ['generator = "tools/golden/make_maintenance_golden.py"',
                f'versions = "numpy {np.__version__}, scipy {scipy.__version__}, '
                f'scikit-learn {sklearn.__version__}"',
                'licence = "made here"', 'tolerance = "1e-9 relative, iterative fits 1e-5"']
    for name, content in (("signal", signal_golden()), ("detect", detect_golden())):
        text = json.dumps(content, separators=(",", ":")) + "\n"
        (FOLDER / f"{name}.json").write_text(text)
        manifest.append(f'{name}_sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"')
    (FOLDER / "MANIFEST.toml").write_text("\n".join(manifest) + "\n")


if __name__ == "__main__":
    main()
