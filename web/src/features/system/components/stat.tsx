import type { ComponentChildren } from "preact";

/** A number with its name; the number is what one looks for. */
export function Stat({ name, value, unit, children }: { name: string; value: string; unit?: string; children?: ComponentChildren }) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>
        <span class="stat-value">{value}</span>
        {unit && <span class="quiet"> {unit}</span>}
        {children}
      </dd>
    </div>
  );
}
