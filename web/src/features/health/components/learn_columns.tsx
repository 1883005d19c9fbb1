// Each column of a table: what stands in it, what it is for, and what the data report says of it.
import { Icon } from "~/components/icon";
import type { ApiError } from "~/lib/fetch";
import { number_text } from "~/lib/format";
import { lang, say } from "~/lib/i18n/translate";
import type { ColumnRole, TableColumn, TableColumns, TableFinding } from "~/lib/learn_types";
import { findings_at, role_at_fault, type Roles } from "../state/learn_mapping";
import { l } from "../state/learn_words";

const order: readonly ColumnRole[] = ["input", "setting", "asset", "time", "label", "mode", "ignored"];
const count = (value: number) => number_text(value, lang.value, 0);

/** Where a link to a column's place leads. */
export const column_id = (index: number): string => `column-${index}`;

export function Findings({ of }: { of: TableFinding[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="learn-findings">
      {of.map((each) => (
        <li key={each.finding} data-finding={each.finding} class={each.handling === "refused" ? "field-problem" : "quiet"}>
          <Icon name={each.handling === "refused" ? "warning" : "question"} size={16} />
          <span>{`${l(each.handling === "refused" ? "forbids" : each.handling)}: ${say(each.text)}`}</span>
        </li>
      ))}
    </ul>
  );
}

function facts(column: TableColumn): string {
  const parts = [column.numbers > 0 && l("numbers", { n: count(column.numbers) }), column.words > 0 && l("words", { n: count(column.words) }), column.missing > 0 && l("missing", { n: count(column.missing) }), column.first.length > 0 && l("such_as", { cells: column.first.join(", ") })];
  return parts.filter((each) => each !== false).join(" · ");
}

interface Shown {
  table: TableColumns;
  roles: Roles;
  findings: TableFinding[];
  problem: ApiError | null;
  change: (column: string, role: ColumnRole) => void;
}

export function LearnColumns({ table, roles, findings, problem, change }: Shown) {
  const wrong = role_at_fault(problem?.param ?? null);
  return (
    <ul class="learn-columns">
      {table.columns.map((each, index) => {
        const mine = findings_at(findings, each.name);
        const refused = mine.some((one) => one.handling === "refused") || (wrong !== null && roles[each.name] === wrong);
        return (
          <li key={each.name} class="learn-column" data-column={each.name} data-refused={refused || undefined}>
            <span>
              <b>{each.name}</b>
              {each.unit && ` [${each.unit}]`}
            </span>
            <span class="quiet">{facts(each)}</span>
            <select
              id={column_id(index)}
              class="select"
              aria-label={l("role_of", { column: each.name })}
              {...(refused ? { "aria-invalid": "true" as const } : {})}
              {...(mine.length > 0 ? { "aria-describedby": `${column_id(index)}-findings` } : {})}
              value={roles[each.name]}
              onChange={(event) => change(each.name, event.currentTarget.value as ColumnRole)}
            >
              {order.map((role) => (
                <option key={role} value={role}>
                  {l(role)}
                </option>
              ))}
            </select>
            {mine.length > 0 && (
              <div class="learn-findings" id={`${column_id(index)}-findings`}>
                <Findings of={mine} />
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
