// A QR code for a telephone: dark on light in every theme, as readers expect.
import { useMemo } from "preact/hooks";
import { qr_code } from "~/lib/qr";
import "./qr_code.css";

const quiet = 4; // modules around it that stay light

export function QrCode({ text, label }: { text: string; label: string }) {
  const drawn = useMemo(() => {
    const grid = qr_code(text);
    if (!grid) return null;
    const path = grid.map((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")).join("")).join("");
    return { path, size: grid.length + 2 * quiet };
  }, [text]);
  if (!drawn) return null;
  return (
    <svg class="qr-code" viewBox={`0 0 ${drawn.size} ${drawn.size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={drawn.size} height={drawn.size} />
      <path d={drawn.path} />
    </svg>
  );
}
