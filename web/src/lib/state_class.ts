// What a machine's state means for how it is drawn. States are the plant's own words; these are
// the usual ones (ISA-TR88/PackML and common machine data), the rest is drawn as work.

export type StateClass = "run" | "idle" | "work" | "off" | "fault" | "unknown";

export function is_fault(state: string): boolean {
  return /fault|alarm|error|emergency|trip|broken|failed|abort/.test(state);
}

export function state_class(state: string): StateClass {
  if (state === "" || state === "unknown") return "unknown";
  if (is_fault(state)) return "fault";
  if (/run|execut|produc|auto|holding_temperature|heating|soak|load/.test(state) && !/unload/.test(state)) return "run";
  if (/idle|wait|standby|ready|starved|blocked|hold|suspend/.test(state)) return "idle";
  if (/off|stop|shut|power|down/.test(state)) return "off";
  return "work"; // set-up, cleaning, maintenance, warm-up ...
}
