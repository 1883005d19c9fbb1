// Marks on a machine's trends at the moments at which alarms came and went. The list beside them
// says the same in words.
import type uPlot from "uplot";
import type { AlarmEntry } from "~/lib/alarm_types";
import { token } from "~/lib/theme";

export interface Mark {
  at_ms: number;
  came: boolean; // else it went
  tag: string; // that the alarm looks at
  urgent: boolean;
}

export function marks_of(entries: readonly AlarmEntry[]): Mark[] {
  return entries
    .filter((entry) => entry.event === "raised" || entry.event === "returned")
    .map((entry) => ({ at_ms: entry.ts_ms, came: entry.event === "raised", tag: entry.tag, urgent: entry.priority === "high" || entry.priority === "critical" }));
}

/** Filled where it came, open where it went; in colour on the alarm's own signal only. */
export function draw_marks(plot: uPlot, all: readonly Mark[], tag: string): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  const half = 5 * unit;
  ctx.save();
  ctx.lineWidth = unit;
  for (const mark of all) {
    const at = Math.round(plot.valToPos(mark.at_ms, "x", true));
    if (at < bbox.left || at > bbox.left + bbox.width) continue;
    const colour = mark.tag !== tag ? "--line-strong" : mark.urgent ? "--red-mark" : "--amber-mark";
    ctx.strokeStyle = token(colour);
    ctx.fillStyle = token(mark.came ? colour : "--surface");
    ctx.setLineDash(mark.came ? [] : [3 * unit, 3 * unit]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bottom - 2 * half);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(at - half, bottom);
    ctx.lineTo(at + half, bottom);
    ctx.lineTo(at, bottom - 2 * half);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
