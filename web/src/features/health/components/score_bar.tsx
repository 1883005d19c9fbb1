// A figure as a bar on a scale from 0, with a line over its range and a mark at what was promised, where there are such.
interface Shown {
  value: number;
  most: number; // the end of the scale
  low: number | null;
  high: number | null;
  pale?: boolean;
  promised?: number;
  label: string; // what the bar says, for who does not see it
}

const place = (value: number, most: number) => `${Math.min(100, Math.max(0, (100 * value) / most))}%`;

export function ScoreBar({ value, most, low, high, pale = false, promised, label }: Shown) {
  return (
    <div class="split-bar" role="img" aria-label={label}>
      <div class={`split-fill${pale ? " split-flatters" : ""}`} style={{ width: place(value, most) }} />
      {low !== null && high !== null && <div class="split-range" style={{ left: place(low, most), right: `calc(100% - ${place(high, most)})` }} />}
      {promised !== undefined && <div class="split-promised" style={{ left: place(promised, most) }} />}
    </div>
  );
}
