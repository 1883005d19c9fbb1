// Says every message of an MQTT server, one line of JSON each, for sparkplug_test.py: watch.mjs URL.
// {"publish": TOPIC, "payload": TEXT, "retain": true} on its input is published.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const mqtt = createRequire(import.meta.url)("mqtt");
const client = mqtt.connect(process.argv[2], { reconnectPeriod: 300 });
client.on("error", () => {});
client.on("connect", () => client.subscribe("spBv1.0/#", { qos: 2 }, () => console.log(JSON.stringify({ topic: "" }))));
client.on("message", (topic, payload, packet) => console.log(JSON.stringify(
  { topic, qos: packet.qos, retain: packet.retain, text: payload.toString("latin1") })));
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  client.publish(order.publish, order.payload, { qos: 1, retain: order.retain });
}
process.exit(0);
