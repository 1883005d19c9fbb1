// The script of setting up connections, with its texts (ADR 0133): administrators only, and seldom.
import { en_setup } from "~/lib/i18n/en_setup";
import { learn } from "~/lib/i18n/translate";
import { zh_setup } from "~/lib/i18n/zh_setup";
export { SetupPanel } from "~/features/connections/components/setup_panel";

learn({ en: en_setup, zh: zh_setup });
