// An edge node by sparkplug-client for sparkplug_test.py: edge.mjs URL GROUP EDGE. Is born when it is
// connected and when a host asks for it (then it says "rebirth"), and carries out one line of JSON after
// the other from its input, answering "ok":
//   {"ndata": METRICS}, {"ddata": METRICS}, {"ddeath": true}, {"dbirth": true}, {"stop": true}
//   {"motor": SPEED}        of a template, by its alias
//   {"skip": N}             N messages are lost on their way
//   {"swapped": [A, B]}     two messages of data of the device, the second of which comes first
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [url, groupId, edgeNode] = process.argv.slice(2);
const { newClient } = createRequire(import.meta.url)("sparkplug-client");
const device = "Press1";
const client = newClient({ serverUrl: url, username: "", password: "", groupId, edgeNode, clientId: `edge-${process.pid}`,
  version: "spBv1.0", keepalive: 2, publishDeath: true, mqttOptions: { reconnectPeriod: 300 } });
client.on("error", () => {});
const now = () => Date.now();
const stamped = (metrics) => metrics.map((metric) => ({ timestamp: now(), ...metric }));
const good = { Quality: { type: "Int32", value: 192 }, engUnit: { type: "String", value: "degC" } };

// One thing of the kind that the edge node's birth defines.
const motor = (speed) => ({ version: "1.0", isDefinition: false, templateRef: "Motor", parameters: [{ name: "Maker", type: "String", value: "Acme" }],
  metrics: [{ name: "Speed", type: "Double", value: speed }, { name: "Load", type: "Double", value: 61 }] });

function nodeBirth() {
  client.publishNodeBirth({ timestamp: now(), metrics: stamped([
    { name: "Node Control/Rebirth", type: "Boolean", value: false },
    { name: "Supply/Air", type: "Float", value: 6.5 },
    { name: "Motor", type: "Template", value: { version: "1.0", isDefinition: true, parameters: [{ name: "Maker", type: "String", value: "" }],
      metrics: [{ name: "Speed", type: "Double", value: 0 }, { name: "Load", type: "Double", value: 0 }] } }]) });
}
function deviceBirth() {
  client.publishDeviceBirth(device, { timestamp: now(), metrics: stamped([
    { name: "Oil/Temperature", alias: 7, type: "Double", value: 55.25, properties: good },
    { name: "Parts", type: "UInt64", value: 4200000001 }, { name: "Offset", type: "Int16", value: -300 },
    { name: "State", type: "String", value: "RUN" }, { name: "Door", type: "Boolean", value: true },
    { name: "Recipe", type: "DataSet", value: { numOfColumns: 1, types: ["Int32"], columns: ["a"], rows: [[1]] } },
    { name: "Main", alias: 8, type: "Template", value: motor(1480) },
    { name: "Not/Mapped", type: "Int32", value: 3 }]) });
}
client.on("birth", () => { nodeBirth(); deviceBirth(); console.log("born"); });
client.on("ncmd", (payload) => {
  if (!payload.metrics.some((metric) => metric.name === "Node Control/Rebirth" && metric.value === true)) return;
  console.log("rebirth");
  nodeBirth();
  deviceBirth();
});
const deviceData = (metrics) => client.publishDeviceData(device, { timestamp: now(), metrics: stamped(metrics) });

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (order.ndata) client.publishNodeData({ timestamp: now(), metrics: stamped(order.ndata) });
  if (order.ddata) deviceData(order.ddata);
  if (order.motor) deviceData([{ alias: 8, type: "Template", value: motor(order.motor) }]);
  if (order.ddeath) client.publishDeviceDeath(device, { timestamp: now(), metrics: [] });
  if (order.dbirth) deviceBirth();
  if (order.skip) client.seq = (client.seq + order.skip) % 256;
  if (order.swapped) {
    const first = client.seq;
    client.seq = (first + 1) % 256;
    deviceData(order.swapped[1]);
    client.seq = first;
    deviceData(order.swapped[0]);
    client.seq = (first + 2) % 256;
  }
  if (order.stop) client.stop();
  console.log("ok");
}
process.exit(0);
