// One page that fails leaves the others alone.
import { Component, type ComponentChildren } from "preact";
import { Button } from "~/components/button";
import { Notice } from "~/components/notice";
import { t } from "~/lib/i18n/translate";

interface Props {
  name: string; // a new name is a fresh start
  children: ComponentChildren;
}

export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static override getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(problem: unknown) {
    console.error(problem);
  }

  override componentDidUpdate(before: Props) {
    if (before.name !== this.props.name && this.state.failed) this.setState({ failed: false });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <Notice icon="alarm" tone="red" title={t("app.crashed")} hint={t("app.crashed_hint")}>
          <Button icon="retry" onClick={() => this.setState({ failed: false })}>
            {t("app.retry")}
          </Button>
        </Notice>
      </div>
    );
  }
}
