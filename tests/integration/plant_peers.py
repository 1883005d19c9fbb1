"""A small plant that we did not write, for real_connect.mjs: a PLC by pymodbus, an OPC UA server by asyncua behind a
cable that can be cut, and a device that publishes to Mosquitto once a second.

Prints one line of JSON with the ports, then carries out each line of its input, {"cut": true}, {"mend": true} or
{"set": NUMBER} (of the OPC UA server's "by number"), answering "ok"; ends with its input. Exit status 77: a peer is
not to be had here.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from opcua_peer import Cable, Plc, free_port
from peer import peer_python

HERE = pathlib.Path(__file__).resolve().parent
PUBLISH = """
import itertools, json, sys, time
import paho.mqtt.client as mqtt
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.connect_async("127.0.0.1", int(sys.argv[1]))
client.loop_start()
for n in itertools.count():
    client.publish("factory/oven/climate", json.dumps({"temp": 180 + n % 10, "by": "oven controller"}), qos=1)
    time.sleep(1)
"""


def main():
    mosquitto = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    try:
        modbus_python = peer_python("modbus_peer", HERE / "modbus_pypi/requirements.txt")
        opcua_python = peer_python("opcua_peer", HERE / "opcua_pypi/requirements.txt")
        paho_python = peer_python("notify_peer", HERE / "notify_pypi/requirements.txt")
    except unittest.SkipTest as missing:
        print(missing, file=sys.stderr)
        return 77
    if mosquitto is None:
        print("mosquitto is not installed", file=sys.stderr)
        return 77
    ports = {"modbus": free_port(), "mqtt": free_port()}
    opcua_port = free_port()
    cable = Cable(opcua_port)
    ports["opcua"] = cable.port
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        opcua = Plc(opcua_python, opcua_port, "--history", pathlib.Path(folder) / "history.db")
        others = [
            subprocess.Popen([modbus_python, HERE / "modbus_pypi/plc.py", "tcp", str(ports["modbus"])], **quiet),
            subprocess.Popen([mosquitto, "-p", str(ports["mqtt"])], **quiet),
            subprocess.Popen([paho_python, "-c", PUBLISH, str(ports["mqtt"])], **quiet)]
        try:
            print(json.dumps(ports), flush=True)
            for line in sys.stdin:
                order = json.loads(line)
                if "set" in order:
                    opcua.ask(set="by_number", value=order["set"])
                else:
                    (cable.cut if "cut" in order else cable.mend)()
                print("ok", flush=True)
        finally:
            for each in others:
                each.kill()
                each.wait()
            opcua.kill()
            cable.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
