import "./progress.css";

/** How far something is, 0..1; null when nobody knows. The words beside it say the rest. */
export function Progress({ share, label }: { share: number | null; label: string }) {
  const percent = share === null ? null : Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return (
    <div
      class={`progress${percent === null ? " progress-unknown" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === null ? {} : { "aria-valuenow": percent })}
    >
      <div style={{ width: percent === null ? "30%" : `${percent}%` }} />
    </div>
  );
}
