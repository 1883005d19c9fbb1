// What each column of a table is for, between the form, where each has one role, and the mapping that the server takes.
import type { ColumnRole, TableColumns, TableFinding, TableMapping } from "~/lib/learn_types";

export type Roles = Record<string, ColumnRole>;

/** Of these a table has one column at most. */
const single: readonly ColumnRole[] = ["asset", "time", "label"];

export function roles_of(table: TableColumns): Roles {
  return Object.fromEntries(table.columns.map((each) => [each.name, each.guess]));
}

/** `column` gets `role`; another that had one that only one can have is measured again. */
export function with_role(roles: Roles, column: string, role: ColumnRole): Roles {
  const out: Roles = { ...roles, [column]: role };
  if (!single.includes(role)) return out;
  for (const [name, had] of Object.entries(roles)) if (name !== column && had === role) out[name] = "input";
  return out;
}

function named(roles: Roles, role: ColumnRole): string[] {
  return Object.keys(roles).filter((name) => roles[name] === role);
}

/** How the file is read stays as the server guessed it. */
export function mapping_of(roles: Roles, { form, headers }: TableMapping): TableMapping {
  const one = (role: ColumnRole) => named(roles, role)[0] ?? "";
  return { form, headers, asset: one("asset"), time: one("time"), label: one("label"), modes: named(roles, "mode"), ignored: named(roles, "ignored") };
}

export const settings_of = (roles: Roles): string[] => named(roles, "setting");

/** Which role a refusal of the server is about. */
export function role_at_fault(param: string | null): ColumnRole | null {
  const known: Record<string, ColumnRole> = { asset: "asset", time: "time", label: "label", modes: "mode", ignore: "ignored", settings: "setting" };
  return known[param ?? ""] ?? null;
}

export const findings_at = (findings: TableFinding[], column: string): TableFinding[] => findings.filter((each) => each.column === column);
