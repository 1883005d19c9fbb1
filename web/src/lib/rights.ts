// What somebody may do, and where. The server decides; this only leaves out what it would refuse.
export type RoleName = "viewer" | "operator" | "engineer" | "admin";
/** Each may do what those before it may. */
export const role_names: readonly RoleName[] = ["viewer", "operator", "engineer", "admin"];

export interface Grant {
  role: RoleName;
  lines: string[]; // "*" is all, none sees nothing
  labels: string[];
}

/** A role holds for the lines of its own grant alone; without a line: anywhere. */
export function may(grants: readonly Grant[] | undefined, least: RoleName, line?: string): boolean {
  const needed = role_names.indexOf(least);
  return (grants ?? []).some((each) => role_names.indexOf(each.role) >= needed && (line === undefined || each.lines.includes("*") || each.lines.includes(line)));
}
