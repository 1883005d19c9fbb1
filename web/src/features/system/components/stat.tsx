import type { ComponentChildren } from "preact";

/** A number with its name and what it means; the number is what one looks for. */
export function Stat({ name, value, unit, hint, children }: { name: string; value: string; unit?: string; hint?: string; children?: ComponentChildren }) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>
        <span class="stat-value">{value}</span>
        {unit && <span class="quiet"> {unit}</span>}
        {children}
      </dd>
      {hint && <dd class="stat-hint">{hint}</dd>}
    </div>
  );
}
