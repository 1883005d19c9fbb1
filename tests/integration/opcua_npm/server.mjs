// A server by node-opcua for opcua_node_test.py: server.mjs FOLDER. Says its address and serves until its
// input ends: one analog variable that changes five times a second and keeps its history, below an
// object that leads back to where it came from.
import { createRequire } from "node:module";

const { OPCUACertificateManager, OPCUAServer, DataType, MessageSecurityMode, SecurityPolicy, Variant, standardUnits } = createRequire(import.meta.url)("node-opcua");

const folder = process.argv[2];
const manager = (name) => new OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: `${folder}/${name}` });
const [certificates, users] = [manager("pki"), manager("users")];
await certificates.initialize();
await users.initialize();
const server = new OPCUAServer({
  port: Number(process.argv[3]),
  resourcePath: "/press",
  serverCertificateManager: certificates,
  userCertificateManager: users,
  securityPolicies: [SecurityPolicy.Basic256Sha256],
  securityModes: [MessageSecurityMode.SignAndEncrypt],
  userManager: { isValidUser: (user, password) => user === "reader" && password === "s3cret-word" },
  allowAnonymous: false,
});
await server.initialize();
const space = server.engine.addressSpace;
const own = space.getOwnNamespace();
const press = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Press" });
const oil = own.addAnalogDataItem({
  componentOf: press, browseName: "Oil", nodeId: "s=Oil", dataType: "Double", engineeringUnits: standardUnits.degree_celsius,
  engineeringUnitsRange: { low: 10, high: 80 }, value: new Variant({ dataType: DataType.Double, value: 20 }),
});
space.installHistoricalDataNode(oil);
press.addReference({ referenceType: "Organizes", nodeId: space.rootFolder.objects });
let value = 20;
setInterval(() => oil.setValueFromSource({ dataType: DataType.Double, value: (value += 0.5) }), 200);
await server.start();
console.log("serving");
process.stdin.on("end", () => process.exit(0)).resume();
