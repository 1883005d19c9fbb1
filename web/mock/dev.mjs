// `npm run dev`: the console with hot reload against the mock, or against a real server:
// MILLWRIGHT_URL=http://127.0.0.1:8080 npm run dev
import { createServer } from "vite";
import { create_mock } from "./server.mjs";

if (!process.env.MILLWRIGHT_URL) {
  const mock = await create_mock({ port: 8090 });
  console.log(`mock of Millwright at ${mock.url}`);
}
const vite = await createServer({ configFile: new URL("../vite.config.ts", import.meta.url).pathname });
await vite.listen();
vite.printUrls();
