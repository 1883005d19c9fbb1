// The script of people and of what they did, with the texts of the audit log (ADR 0133).
import { en_audit } from "~/lib/i18n/en_audit";
import { learn } from "~/lib/i18n/translate";
import { zh_audit } from "~/lib/i18n/zh_audit";
export { AuditPage } from "~/features/audit/components/audit_page";
export { AccountPage } from "~/features/people/components/account_page";
export { PeoplePage } from "~/features/people/components/people_page";

learn({ en: en_audit, zh: zh_audit });
