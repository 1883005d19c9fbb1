import { bar_width } from "../state/timeline";

/** How much of a limit is in use; the words beside it say the same. */
export function Meter({ share }: { share: number | null }) {
  return (
    <div class={`meter${share === null ? " hatched" : ""}`} aria-hidden="true">
      <div style={{ width: bar_width(share) }} />
    </div>
  );
}
