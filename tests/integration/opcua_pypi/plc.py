"""An OPC UA server by asyncua, for opcua_test.py: plc.py PORT [--secure FOLDER [--open]] [--user NAME:PASSWORD]
[--history SQLITE_FILE]; with --open it talks without security too.

Says "serving" and then carries out one line of JSON after the other from its input, answering "ok":
{"set": NAME, "value": V, "type": T, "status": S, "ago_s": N}. {"services": 1} answers with the names
of the requests that came.
"""

import argparse
import asyncio
import datetime
import json
import logging
import os
import pathlib
import sys

from asyncua import Server, ua
from asyncua.server import uaprocessor
from asyncua.server.history_sql import HistorySQLite
from asyncua.crypto.permission_rules import User, UserRole

NAMES = {value: name for name, value in vars(ua.ObjectIds).items() if isinstance(value, int)}
VARIABLES = {
    "boolean": (True, "Boolean"), "sbyte": (-5, "SByte"), "byte": (200, "Byte"),
    "int16": (-12345, "Int16"), "uint16": (65534, "UInt16"), "int32": (-70_000, "Int32"),
    "uint32": (4_000_000_000, "UInt32"), "int64": (-5_000_000_000, "Int64"),
    "uint64": (5_000_000_000, "UInt64"), "float": (0.1, "Float"), "double": (-1234.0625, "Double"),
    "scaled": (215, "Int16"), "state_number": (2, "Int32"), "state_text": ("running", "String"),
    "unknown_state": (7, "Int32"), "too_high": (9000.0, "Double"),
    "not_a_number": (float("nan"), "Double"), "infinite": (float("inf"), "Double"),
    "a_text": ("hello", "String"), "a_time": (datetime.datetime(2026, 1, 1), "DateTime"),
    "array": ([1.5, 2.5, 3.5], "Double"), "whole_array": ([1, 2], "Int32"),
    "empty_array": ([], "Int32"), "short_array": ([1.5], "Double"),
}
seen = set()


def record_services():
    process = uaprocessor.UaProcessor._process_message

    async def recorded(self, typeid, *rest):
        seen.add(NAMES.get(typeid.Identifier, str(typeid.Identifier)).split("_")[0])
        return await process(self, typeid, *rest)

    uaprocessor.UaProcessor._process_message = recorded


class Users:
    def __init__(self, known):
        self.known = known

    def get_user(self, iserver, username=None, password=None, certificate=None):
        if f"{username}:{password}" == self.known:
            return User(role=UserRole.User)
        return None


async def make_variables(server, space):
    nodes = {}
    for name, (value, kind) in VARIABLES.items():
        variant = ua.Variant(value, ua.VariantType[kind], is_array=isinstance(value, list))
        nodes[name] = await server.nodes.objects.add_variable(
            ua.NodeId(f"Press.{name}", space), name, variant)
    nodes["by_number"] = await server.nodes.objects.add_variable(ua.NodeId(4711, space), "by number", 42.0)
    nodes["device_says_bad"] = await server.nodes.objects.add_variable(
        ua.NodeId("Press.device_says_bad", space), "device_says_bad", 1.0)
    await set_value(nodes, {"set": "device_says_bad", "value": None, "status": "BadSensorFailure"})
    nodes["uncertain"] = await server.nodes.objects.add_variable(
        ua.NodeId("Press.uncertain", space), "uncertain", 3.0)
    await set_value(nodes, {"set": "uncertain", "value": 3.0, "status": "UncertainSensorNotAccurate"})
    await make_press(server, space)
    return nodes


async def make_press(server, space):
    """An object with an analog variable (unit and range) that can be reached in two ways."""
    press = await server.nodes.objects.add_object(ua.NodeId("Press", space), "Press")
    oil = await press.add_variable(ua.NodeId("Press.oil", space), "Oil temperature", 55.0,
                                   datatype=ua.NodeId(ua.ObjectIds.Double))
    unit = ua.EUInformation(NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact", UnitId=4408652,
                            DisplayName=ua.LocalizedText("\u00b0C"), Description=ua.LocalizedText("degree Celsius"))
    await oil.add_property(ua.NodeId("Press.oil.unit", space), "0:EngineeringUnits", unit)
    await oil.add_property(ua.NodeId("Press.oil.range", space), "0:EURange", ua.Range(Low=10, High=80))
    await server.nodes.objects.add_reference(oil, ua.ObjectIds.Organizes)


async def set_value(nodes, order):
    kind = ua.VariantType[order.get("type", "Double")]
    value = None if order["value"] is None else ua.Variant(order["value"], kind)
    now = datetime.datetime.now(datetime.timezone.utc)
    then = now - datetime.timedelta(seconds=order.get("ago_s", 0))
    status = ua.StatusCode(getattr(ua.StatusCodes, order.get("status", "Good")))
    await nodes[order["set"]].write_value(ua.DataValue(
        Value=value, StatusCode=status, SourceTimestamp=then, ServerTimestamp=now))


async def obey(nodes):
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = json.loads(line)
        if "set" in order:
            await set_value(nodes, order)
            print("ok", flush=True)
        elif "services" in order:
            print(json.dumps(sorted(seen)), flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--secure", type=pathlib.Path)
    parser.add_argument("--open", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--history")
    words = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr) if os.environ.get("PLC_LOG") else logging.disable(logging.CRITICAL)
    record_services()
    server = Server(user_manager=Users(words.user) if words.user else None)
    if words.history:
        server.iserver.history_manager.set_storage(HistorySQLite(words.history))
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{words.port}/plc")
    await server.set_application_uri("urn:test:plc")
    if words.secure:
        await server.load_certificate(words.secure / "server.der")
        await server.load_private_key(words.secure / "server.pem")
        server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
                                    ua.SecurityPolicyType.Basic256Sha256_Sign] +
                                   [ua.SecurityPolicyType.NoSecurity] * words.open)
    else:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("http://maker.example/press")
    nodes = await make_variables(server, space)
    async with server:
        if words.history:
            await server.historize_node_data_change(nodes["by_number"])
        print("serving", flush=True)
        await obey(nodes)


asyncio.run(main())
