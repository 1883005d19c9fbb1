import { expect, it } from "vitest";
import type { ConnectorHistory, ConnectorPoint } from "~/lib/connector_types";
import { line_of, stretches, time_in } from "./history";

const point = (t_ms: number, more: Partial<ConnectorPoint> = {}): ConnectorPoint => ({ t_ms, state: "connected", samples: 60, refused: 0, gaps: 0, backlog: null, skew_ms: null, ...more });
const history: ConnectorHistory = { name: "plc", from_ms: 0, to_ms: 500, step_ms: 100, points: [point(0), point(100, { state: "failed", backlog: 4 }), point(300, { backlog: 2 })] };

it("makes one stretch of neighbours and shows where nobody looked", () => {
  const all = stretches({ ...history, points: [point(0), point(100), ...history.points.slice(2)] }, 50, 450);
  expect(all).toEqual([
    { state: "connected", from_ms: 50, to_ms: 200 },
    { state: "unseen", from_ms: 200, to_ms: 300 },
    { state: "connected", from_ms: 300, to_ms: 400 },
    { state: "unseen", from_ms: 400, to_ms: 450 },
  ]);
  expect(time_in(all, "unseen")).toBe(150);
  expect(time_in(all, "failed")).toBe(0);
});

it("has nothing to show but that nobody looked where there is no point", () => {
  expect(stretches({ ...history, points: [] }, 0, 500)).toEqual([{ state: "unseen", from_ms: 0, to_ms: 500 }]);
});

it("draws a line that breaks where nobody looked, and none of what is not known", () => {
  expect(line_of(history, (each) => each.samples).map(([at, value]) => [at, value])).toEqual([
    [0, 60],
    [100, 60],
    [200, null],
    [300, 60],
  ]);
  expect(line_of(history, (each) => each.backlog).map(([, value]) => value)).toEqual([4, null, 2]);
  expect(line_of(history, (each) => each.skew_ms)).toEqual([]);
});
