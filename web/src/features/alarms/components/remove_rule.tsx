// Removing a rule takes a second step: it warns nobody any more.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormActions, FormProblem } from "~/components/form_parts";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { remove_rule } from "../api/rules";

export function RemoveRule({ id, name, removed }: { id: string; name: string; removed: () => Promise<void> }) {
  const [asked, set_asked] = useState(false);
  const { busy, problem, run } = useOrder();
  if (!asked) {
    return (
      <div class="form-actions">
        <Button kind="quiet" icon="close" aria-label={t("rules.remove_named", { name })} onClick={() => set_asked(true)}>
          {t("rules.remove")}
        </Button>
      </div>
    );
  }
  return (
    <form
      class="form form-sunken"
      aria-label={t("rules.remove_go")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await remove_rule(id);
          await removed();
        });
      }}
    >
      <p>{t("rules.remove_what", { name })}</p>
      <FormProblem problem={problem} at_fields={[]} />
      <FormActions go={t("rules.remove_go")} busy={busy} cancel={() => set_asked(false)} />
    </form>
  );
}
