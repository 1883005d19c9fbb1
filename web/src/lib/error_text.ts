// What went wrong, in the reader's language: the server's own words, or ours when it sent none.
import type { ApiError } from "./fetch";
import { say, t } from "./i18n/translate";

export function error_text(error: ApiError): string {
  const own = say(error.text);
  const busy = error.status === 429 && error.retry_after_s !== null ? t("error.busy", { seconds: error.retry_after_s }) : "";
  if (own !== "") return busy === "" ? own : `${own} ${busy}`;
  if (busy !== "") return busy;
  if (error.code === "offline") return t("error.offline");
  if (error.code === "timeout") return t("error.timeout");
  if (error.code === "broken") return t("error.broken");
  return t("error.http", { status: error.status });
}
