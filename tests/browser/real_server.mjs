// The real program: the one at $MILLWRIGHT_URL, or $MILLWRIGHT_PROGRAM started with the demo plant
// on a port and in a data folder of its own.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./harness.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const model = process.env.MILLWRIGHT_TEST_MODEL ?? join(root, "build/models/smollm2-135m-instruct.gguf");

function pull_model(program, data) {
  if (!existsSync(model)) return;
  spawnSync(program, ["pull", `file:${model}`, "--name", "smollm2-135m-instruct", "--data", data], { stdio: "ignore" });
}

/** Starts the program over a data folder that `prepare` may fill first: {url, data, pid, close}. */
export async function start_program(program, { demo = true, prepare = () => undefined } = {}) {
  const data = mkdtempSync(join(tmpdir(), "mw_browser_"));
  prepare(data);
  const child = spawn(program, ["serve", ...(demo ? ["--demo"] : []), "--listen", "127.0.0.1:0", "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const close = async () => {
    child.kill("SIGINT");
    const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(late);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const url = await until("the address of the console", async () => {
      if (child.exitCode !== null) throw new Error(output);
      return output.match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
    }, 60);
    return { url, data, pid: child.pid, close };
  } catch (problem) {
    await close();
    throw new Error(`${problem.message}\n${output.slice(-3000)}`);
  }
}

/** {url, close}, or null when there is neither an address nor a program. Ready: CNC-2 has values and history. */
export async function real_server() {
  const { MILLWRIGHT_URL: url, MILLWRIGHT_PROGRAM: program } = process.env;
  if (!url && !(program && existsSync(program))) return null;
  const server = url ? { url: url.replace(/\/$/, ""), close: async () => undefined } : await start_program(program, { prepare: (data) => pull_model(program, data) });
  await until("ten minutes of samples of CNC-2", async () => {
    const to_ms = Date.now();
    const response = await fetch(`${server.url}/api/plant/series?tag=cnc-2/spindle_temperature&from_ms=${to_ms - 600_000}&to_ms=${to_ms}&points=60`);
    const { points } = await response.json();
    return points.filter((point) => point[1] !== null).length > 30;
  }, 120);
  return server;
}

/** True once a model can chat; false when none is on this machine. */
export async function model_ready(url) {
  const list = async () => (await (await fetch(`${url}/api/models`)).json()).models;
  if (!(await list()).some((item) => item.state === "loading" || item.state === "ready")) return false;
  return until("the model", async () => (await list()).some((item) => item.state === "ready"), 120);
}
