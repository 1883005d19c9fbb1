// node mock/main.mjs [port]: the mock with web/dist, until Ctrl-C.
import { create_mock } from "./server.mjs";

const mock = await create_mock({ port: Number(process.argv[2] ?? 8090) });
console.log(`mock of Millwright at ${mock.url}`);
