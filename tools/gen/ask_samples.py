"""The samples that questions are asked about, and what they say: computed here with none of the product's code, from
the demo plant's description and the parameters that the file of questions has in its head (tests/cases/ask/README.md).
"""
import json
import math
import pathlib
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
CET = timezone(timedelta(hours=1))
NOW = datetime(2026, 11, 24, 10, 20, 30, tzinfo=CET)  # a Tuesday, in the early shift
STEP_S = 30      # between samples
AGE_S = 5        # of the newest sample
COUNT = 26 * 120 + 1
HOLD_S = 60      # the watchdog: how long a sample holds
MASK = (1 << 64) - 1


def splitmix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def ms(at):
    return round(at.timestamp() * 1000)


NOW_MS = ms(NOW)


def sample_ms(k):
    return NOW_MS - AGE_S * 1000 - (COUNT - 1 - k) * STEP_S * 1000


# ------------------------------------------------------------------------------------- the history
class Number:
    """base + triangle of a period + noise, in thousandths, all integers."""

    def __init__(self, tag, base, swing, period, noise, seed):
        self.tag, self.base, self.swing = tag, base, swing
        self.period, self.noise, self.seed = period, noise, seed
        self.gaps, self.bads = [], []

    def head(self):
        lines = [f"number {self.tag} {self.base} {self.swing} {self.period} {self.noise} {self.seed}"]
        lines += [f"gap {self.tag} {a} {b}" for a, b in self.gaps]
        lines += [f"bad {self.tag} {a} {b}" for a, b in self.bads]
        return lines

    def samples(self):
        out = []
        for k in range(COUNT):
            if any(a <= k < b for a, b in self.gaps):
                continue
            phase = k % self.period
            half = self.period // 2
            triangle = phase if phase < half else self.period - phase
            noise = splitmix(self.seed * 1000003 + k) % (2 * self.noise + 1) - self.noise
            value = self.base + self.swing * triangle // half + noise
            good = not any(a <= k < b for a, b in self.bads)
            out.append((sample_ms(k), value / 1000.0, good))
        return out


class Counter:
    """start + k / every."""

    def __init__(self, tag, start, every):
        self.tag, self.start, self.every = tag, start, every

    def head(self):
        return [f"counter {self.tag} {self.start} {self.every}"]

    def samples(self):
        return [(sample_ms(k), float(self.start + k // self.every), True) for k in range(COUNT)]


class States:
    """States and their lengths in samples, over and over."""

    def __init__(self, tag, spans):
        self.tag, self.spans = tag, spans

    def head(self):
        return ["states " + self.tag + " " + " ".join(f"{s} {n}" for s, n in self.spans)]

    def samples(self):
        out, k = [], 0
        while k < COUNT:
            for state, length in self.spans:
                for _ in range(length):
                    if k < COUNT:
                        out.append((sample_ms(k), state, True))
                        k += 1
        return out


def make_history():
    line = json.loads((ROOT / "src/plant/demo/line.json").read_text())
    kinds = {kind["id"]: kind for kind in line["kinds"]}
    state_spans = {
        "cnc-1": [("running", 500), ("idle", 40), ("setup", 20)],
        "cnc-2": [("running", 300), ("fault", 14), ("idle", 25), ("running", 120), ("fault", 7)],
        "press-1": [("running", 210), ("idle", 33), ("running", 90), ("off", 11)],
        "furnace-1": [("running", 800), ("off", 50), ("setup", 30)],
        "conveyor-1": [("running", 160), ("idle", 18)],
        "compressor-1": [("running", 70), ("idle", 37)],
    }
    history, info = {}, {}
    seed = 0
    for asset in line["assets"]:
        for tag in kinds[asset["kind"]]["tags"]:
            seed += 1
            name = asset["id"] + "/" + tag["id"]
            info[name] = tag
            kind = tag.get("kind", "number")
            if kind == "state":
                history[name] = States(name, state_spans[asset["id"]])
            elif kind == "counter":
                history[name] = Counter(name, 1000 + 37 * seed, 2 + seed % 5)
            else:
                low, high = tag.get("normal", tag["physical"])
                low = tag["physical"][0] if low is None else low
                high = tag["physical"][1] if high is None else high
                low, span = round(low * 1000), round((high - low) * 1000)
                noise = max(2, span // 200)
                history[name] = Number(name, low + span * 4 // 10, max(4, span // 5),
                                       400 + 37 * (seed % 11), noise, seed)
    # Tags of single machines after those of kinds, so that these keep their seeds.
    for asset in line["assets"]:
        for tag in asset.get("tags", []):
            seed += 1
            name = asset["id"] + "/" + tag["id"]
            assert tag["kind"] == "counter", name
            info[name] = tag
            history[name] = Counter(name, 1000 + 37 * seed, 61)
    history["compressor-1/air_flow"].gaps.append((2700, 2760))
    history["press-1/ram_force"].bads.append((2900, 2930))
    return history, info


HISTORY, INFO = make_history()
SAMPLES = {name: each.samples() for name, each in HISTORY.items()}


# ------------------------------------------------------------------------------------ the answers
def fixed(value, decimals):
    text = f"{value:.{decimals}f}"
    return text[1:] if float(text) == 0 and text.startswith("-") else text


def unit_of(tag):
    unit = INFO[tag].get("unit", "")
    return {"degC": "°C"}.get(unit, unit)


def shown(tag, value):
    text = fixed(value, INFO[tag].get("decimals", 1))
    return text + (" " + unit_of(tag) if unit_of(tag) else "")


def duration(seconds, lang):
    names = {"en": ("d", "h", "min", "s"), "zh": ("天", "小时", "分钟", "秒")}[lang]
    rest, parts = int(math.floor(seconds)), []
    for size, name in zip((86400, 3600, 60, 1), names):
        parts.append((rest // size, name))
        rest %= size
    first = next((i for i, (n, _) in enumerate(parts) if n), 3)
    text = f"{parts[first][0]} {parts[first][1]}"
    if first < 3 and parts[first + 1][0]:
        text += f" {parts[first + 1][0]} {parts[first + 1][1]}"
    return text


class Window:
    def __init__(self, start, end):
        self.start, self.end = ms(start), min(ms(end), NOW_MS)


def statistics(tag, window):
    """Weighted by how long each sample holds; bad samples end the hold of the one before."""
    everything = SAMPLES[tag]
    inside = [i for i, s in enumerate(everything) if window.start <= s[0] < window.end]
    rows = []
    for i in inside:
        at, value, good = everything[i]
        if not good:
            continue
        following = everything[i + 1][0] if i + 1 < len(everything) else window.end
        rows.append((at, value, min(following, at + HOLD_S * 1000, window.end) - at))
    weight = math.fsum(w for _, _, w in rows)
    mean = math.fsum(v * w for _, v, w in rows) / weight
    out = {"mean": mean, "minimum": min(v for _, v, _ in rows), "maximum": max(v for _, v, _ in rows),
           "first": rows[0][1], "last": rows[-1][1]}
    out["change"] = out["last"] - out["first"]
    out["stddev"] = math.sqrt(math.fsum(w * (v - mean) ** 2 for _, v, w in rows) / weight)
    times = [(at - window.start) / 60000 for at, _, _ in rows]
    tm, vm = math.fsum(times) / len(rows), math.fsum(v for _, v, _ in rows) / len(rows)
    var = math.fsum((t - tm) ** 2 for t in times)
    out["slope_per_minute"] = math.fsum((t - tm) * (r[1] - vm) for t, r in zip(times, rows)) / var
    return out


def value_at(tag, at_ms):
    return [s for s in SAMPLES[tag] if s[0] <= at_ms and s[2]][-1][1]


def growth(tag, window):
    before = [s[1] for s in SAMPLES[tag] if s[0] < window.start]
    inside = [s[1] for s in SAMPLES[tag] if window.start <= s[0] < window.end]
    return inside[-1] - (before[-1] if before else inside[0])


def state_seconds(tag, state, window):
    total = 0
    for i, (at, each, _) in enumerate(SAMPLES[tag]):
        end = min(at + HOLD_S * 1000, SAMPLES[tag][i + 1][0] if i + 1 < len(SAMPLES[tag]) else window.end)
        if each == state:
            total += max(0, min(end, window.end) - max(at, window.start))
    return total / 1000


def state_entries(tag, state, window):
    entries, last = 0, None
    for at, each, _ in SAMPLES[tag]:
        if at >= window.end:
            break
        if at + STEP_S * 1000 <= window.start:
            continue
        if each == state and last is not None and last != state:
            entries += 1
        last = each
    return entries


def state_now(tag):
    since = None
    for at, each, _ in SAMPLES[tag]:
        if since is None or each != since[0]:
            since = (each, at)
    return since
