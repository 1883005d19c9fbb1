import { useEffect, useLayoutEffect } from "preact/hooks";
import { AskPage } from "~/features/ask/components/ask_page";
import { AlarmsPage } from "~/features/alarms/components/alarms_page";
import { ConnectionsPage } from "~/features/connections/components/connections_page";
import { ModelsPage } from "~/features/models/components/models_page";
import { AssetPage } from "~/features/plant/components/asset_page";
import { PlantPage } from "~/features/plant/components/plant_page";
import { TagsPage } from "~/features/tags/components/tags_page";
import { HealthPart, LaterPart, PeoplePart } from "~/components/later";
import { Notice } from "~/components/notice";
import { aside, close_aside } from "~/lib/aside";
import { useMedia } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { deaf, find_asset } from "~/lib/live/plant_store";
import { route, visits } from "~/lib/router";
import { AsideColumn } from "./aside";
import { start_ask_key } from "./ask_anywhere";
import { Banners } from "./banners";
import { ErrorBoundary } from "./error_boundary";
import { Nav } from "./nav";
import { Topbar } from "./topbar";
import "./shell.css";

function Page() {
  const here = route.value;
  switch (here.page) {
    case "ask":
      return <AskPage />;
    case "plant":
      return <PlantPage />;
    case "asset":
      return <AssetPage key={here.asset} id={here.asset} />;
    case "alarms":
      return <AlarmsPage />;
    case "maintenance":
      return <HealthPart key="HealthPage" name="HealthPage" />;
    case "models":
      return <ModelsPage />;
    case "system":
      return <LaterPart key="SystemPage" name="SystemPage" />;
    case "tags":
      return <TagsPage />;
    case "connections":
      return <ConnectionsPage />;
    case "people":
      return <PeoplePart key="PeoplePage" name="PeoplePage" />;
    case "audit":
      return <PeoplePart key="AuditPage" name="AuditPage" />;
    case "account":
      return <PeoplePart key="AccountPage" name="AccountPage" />;
    case "not_found":
      return <Notice icon="question" title={t("app.not_found")} hint={t("app.not_found_hint")} />;
  }
}

function page_title(): string {
  const here = route.value;
  const name = t("app.name");
  if (here.page === "asset") return `${say(find_asset(here.asset)?.name) || here.asset} · ${name}`;
  if (here.page === "not_found") return name;
  return `${t(`nav.${here.page}`)} · ${name}`;
}

export function Shell() {
  const wide = useMedia("(min-width: 900px)");
  const room_beside = useMedia("(min-width: 1180px)");
  const title = page_title();
  const language = lang.value;
  const visit = visits.value;
  const open = aside.value.kind !== "none" && room_beside;

  useEffect(start_ask_key, []);
  useEffect(() => {
    document.title = title;
  }, [title]);
  useLayoutEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  useEffect(() => {
    if (visit === 0) return;
    // A new page begins at its top, and the focus is where it begins.
    // What the address itself opens stays.
    const { kind } = aside.value;
    if (kind === "evidence" || (kind !== "request" && !room_beside)) close_aside({ put_back: false });
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>("[data-page-title]")?.focus({ preventScroll: true });
  }, [visit]);

  return (
    <div class={`shell${open ? " shell-with-aside" : ""}${deaf.value ? " shell-deaf" : ""}`}>
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <Topbar wide={wide} />
      {wide && <Nav place="rail" />}
      <main class="main" id="main" tabIndex={-1}>
        <Banners />
        <ErrorBoundary name={`${route.value.page}${visit}`}>
          <Page />
        </ErrorBoundary>
      </main>
      <AsideColumn wide={room_beside} />
      {!wide && <Nav place="bottom-bar" />}
    </div>
  );
}
