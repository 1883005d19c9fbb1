import { render } from "preact";
import "~/styles/tokens.css";
import "~/styles/base.css";
import { ChoosePasswordPage } from "~/features/people/components/choose_password_page";
import { LoginPage } from "~/features/session/components/login_page";
import { start_clock } from "~/lib/clock";
import { start_alarms } from "~/lib/live/alarm_store";
import { start_events } from "~/lib/live/connection";
import { start_plant } from "~/lib/live/plant_store";
import { start_requests } from "~/lib/live/request_store";
import { start_system } from "~/lib/live/system_store";
import { start_router } from "~/lib/router";
import { asked_to_log_in, may_log_in, session, start_session } from "~/lib/session";
import { start_theme } from "~/lib/theme";
import { Shell } from "./shell";

start_theme();
await start_session();

const root = document.getElementById("app");
const now = session.value;
const newcomer = now?.state === "in" && now.who?.must_change === true;
const wants_login = now !== null && may_log_in(now) && asked_to_log_in();
if (root && (now?.state === "login" || wants_login)) {
  render(<LoginPage />, root);
} else if (root && newcomer) {
  render(<ChoosePasswordPage />, root);
} else if (root) {
  start_router();
  start_clock();
  start_plant();
  start_system();
  start_requests();
  start_alarms();
  start_events();
  render(<Shell />, root);
}
