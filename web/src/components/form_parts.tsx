// The end of a form: what was wrong and is said at no field, and its buttons.
import type { ApiError } from "~/lib/fetch";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import { ErrorNotice } from "./notice";

/** What was wrong and is said at no field: the form shows those of `at_fields` there. */
export function FormProblem({ problem, at_fields = [] }: { problem: ApiError | null; at_fields?: readonly string[] }) {
  if (!problem || (problem.param !== null && at_fields.includes(problem.param))) return null;
  return <ErrorNotice compact error={problem} title={t("error.not_done")} />;
}

export function FormActions({ go, busy, cancel }: { go: string; busy: boolean; cancel?: () => void }) {
  return (
    <div class="form-actions">
      <Button type="submit" kind="strong" disabled={busy}>
        {busy ? t("people.busy") : go}
      </Button>
      {cancel && <Button onClick={cancel}>{t("people.cancel")}</Button>}
    </div>
  );
}
