// What a place shows when it has nothing to show: nothing there, failed, or not here yet.
import type { ComponentChildren } from "preact";
import { error_text } from "~/lib/error_text";
import type { ApiError } from "~/lib/fetch";
import { useDelayed } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";
import "./notice.css";

interface NoticeProps {
  icon: IconName;
  title: string;
  hint?: string;
  tone?: "calm" | "amber" | "red";
  compact?: boolean;
  children?: ComponentChildren;
}

export function Notice({ icon, title, hint, tone = "calm", compact = false, children }: NoticeProps) {
  return (
    <div class={`notice notice-${tone}${compact ? " notice-compact" : ""}`}>
      <Icon name={icon} size={compact ? 20 : 32} />
      <div class="notice-text">
        <p class="notice-title">{title}</p>
        {hint && <p class="quiet">{hint}</p>}
        {children && <div class="notice-actions">{children}</div>}
      </div>
    </div>
  );
}

export function ErrorNotice({ error, retry, title, compact }: { error: ApiError; retry?: () => void; title?: string; compact?: boolean }) {
  return (
    <div role="alert">
      <Notice icon="warning" tone="amber" title={title ?? t("error.title")} hint={error_text(error)} compact={compact ?? false}>
        {retry && (
          <Button icon="retry" onClick={retry}>
            {t("app.retry")}
          </Button>
        )}
      </Notice>
    </div>
  );
}

/** Grey shapes in place of what is coming; only after 300 ms, so that a fast answer does not flicker. */
export function Skeleton({ shapes, height }: { shapes: number; height: "tile" | "row" | "chart" }) {
  const shown = useDelayed(true);
  return (
    <div class={`skeleton skeleton-${height}${shown ? " skeleton-shown" : ""}`} role="status">
      <span class="visually-hidden">{t("app.loading")}</span>
      {Array.from({ length: shapes }, (_, index) => (
        <div class="skeleton-shape" key={index} />
      ))}
    </div>
  );
}
