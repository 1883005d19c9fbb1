// The second script (ADR 0077): what is opened by few and seldom.
export { AlarmJournalTable } from "~/features/alarms/components/alarm_journal_table";
export { AssetAlarms, AssetEvents } from "~/features/alarms/components/asset_events";
export { RulesView } from "~/features/alarms/components/rules_view";
export { MessagesView } from "~/features/alarms/components/messages_view";
export { AuditPage } from "~/features/audit/components/audit_page";
export { AccountPage } from "~/features/people/components/account_page";
export { PeoplePage } from "~/features/people/components/people_page";
export { BatchesPanel } from "~/features/plant/components/batches_panel";
export { OeePanel } from "~/features/plant/components/oee_panel";
export { CsvPanel } from "~/features/tags/components/csv_panel";
export { ConnectionHistory } from "~/features/connections/components/connection_history";
export { SetupPanel } from "~/features/connections/components/setup_panel";
export { SystemPage } from "~/features/system/components/system_page";
