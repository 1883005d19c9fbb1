/** Seconds to wait before attempt 1, 2, ...: short at first, never longer than 15 s, so that a screen on a wall recovers soon. */
export function retry_delay_s(attempt: number): number {
  const steps = [1, 2, 4, 8, 15];
  return steps[Math.min(Math.max(attempt, 1), steps.length) - 1] ?? 15;
}
