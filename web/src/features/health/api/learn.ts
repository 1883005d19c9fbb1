// Tables of labelled histories, and what is learnt from them.
import { get_json } from "~/lib/fetch";
import type { KeptTable, LivesCut, LivesOrder, TableColumns, TableList, TableMapping, TableReport, TableTraining, TrainingOrder } from "~/lib/learn_types";

const tables = "/api/maintenance/tables";
const trainings = "/api/maintenance/trainings";
const slow = { timeout_ms: 300_000 }; // a table of 64 MiB is read in seconds, in turn with others'

export const read_tables = () => get_json<TableList>(tables);
export const add_table = (file: File, lines: string[]) => get_json<KeptTable>(`${tables}?${new URLSearchParams({ file: file.name, lines: lines.join(",") })}`, { method: "POST", file, ...slow });
export const cut_lives = (order: LivesOrder) => get_json<LivesCut>("/api/maintenance/lives", { method: "POST", body: order, ...slow });
export const remove_table = (table: number) => get_json<object>(`${tables}/${table}`, { method: "DELETE" });
/** `variable`: of a MATLAB file; empty: the only one. */
export const read_columns = (table: number, variable: string) => get_json<TableColumns>(`${tables}/${table}${variable && `?${new URLSearchParams({ variable })}`}`, slow);
export const read_table_report = (table: number, mapping: TableMapping, variable: string) => get_json<TableReport>(`${tables}/${table}/report`, { method: "POST", body: { mapping, variable }, ...slow });

export const read_trainings = () => get_json<{ trainings: TableTraining[] }>(trainings);
export const start_training = (order: TrainingOrder) => get_json<TableTraining>(trainings, { method: "POST", body: order, ...slow });
export const read_training = (training: number) => get_json<TableTraining>(`${trainings}/${training}`);
export const cancel_training = (training: number) => get_json<TableTraining>(`${trainings}/${training}`, { method: "DELETE" });
