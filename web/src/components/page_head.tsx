import type { ComponentChildren } from "preact";
import "./page_head.css";

/** Title of a page, the one sentence that answers it, and what can be set. The title takes the focus when the page opens. */
export function PageHead({ title, summary, children }: { title: ComponentChildren; summary?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <div class="page-head-text">
        <h1 tabIndex={-1} data-page-title>
          {title}
        </h1>
        {summary && <div class="page-head-summary">{summary}</div>}
      </div>
      {children && <div class="page-head-actions">{children}</div>}
    </header>
  );
}
