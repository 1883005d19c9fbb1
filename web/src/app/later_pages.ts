// The script of what is opened by few and seldom (ADR 0077).
export { AlarmJournalTable } from "~/features/alarms/components/alarm_journal_table";
export { AssetAlarms, AssetEvents } from "~/features/alarms/components/asset_events";
export { RulesView } from "~/features/alarms/components/rules_view";
export { MessagesView } from "~/features/alarms/components/messages_view";
export { BatchesPanel } from "~/features/plant/components/batches_panel";
export { EarlierPanel } from "~/features/plant/components/earlier_panel";
export { OeePanel } from "~/features/plant/components/oee_panel";
export { CsvPanel } from "~/features/tags/components/csv_panel";
export { ConnectionHistory } from "~/features/connections/components/connection_history";
export { SystemPage } from "~/features/system/components/system_page";
