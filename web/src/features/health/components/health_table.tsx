// A table that scrolls by itself where the screen is narrow, by the keyboard too.
import type { ComponentChildren } from "preact";

export function HealthTable({ label, heads, children }: { label: string; heads: string[]; children: ComponentChildren }) {
  return (
    <div class="health-scroll" tabIndex={0} role="group" aria-label={label}>
      <table class="health-table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
