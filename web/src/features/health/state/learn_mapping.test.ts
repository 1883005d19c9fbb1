import { describe, expect, it } from "vitest";
import type { TableColumns } from "~/lib/learn_types";
import { mapping_of, role_at_fault, roles_of, settings_of, with_role } from "./learn_mapping";

const guessed = { mapping: { form: "csv", headers: [], asset: "pump", time: "hours", label: "", modes: [], ignored: [] }, columns: [["pump", "asset"], ["hours", "time"], ["load", "setting"], ["wear", "input"], ["note", "ignored"]].map(([name, guess]) => ({ name, guess })) } as unknown as TableColumns;

describe("roles of a table's columns", () => {
  it("come from the guess and go back as the mapping", () => {
    const roles = roles_of(guessed);
    expect(mapping_of(roles, guessed.mapping)).toEqual({ ...guessed.mapping, ignored: ["note"] });
    expect(settings_of(roles)).toEqual(["load"]);
  });

  it("give the machine, the time and the label to one column each", () => {
    const roles = with_role(roles_of(guessed), "load", "time");
    expect(roles.hours).toBe("input");
    expect(mapping_of(roles, guessed.mapping).time).toBe("load");
    const modes = with_role(with_role(roles, "wear", "mode"), "note", "mode");
    expect(mapping_of(modes, guessed.mapping).modes).toEqual(["wear", "note"]);
  });

  it("are found from what the server refused", () => {
    expect(role_at_fault("modes")).toBe("mode");
    expect(role_at_fault("name")).toBeNull();
    expect(role_at_fault(null)).toBeNull();
  });
});
