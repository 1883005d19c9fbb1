"""A PLC by pymodbus, for modbus_test.py: plc.py tcp PORT, or plc.py rtu DEVICE.

Two units. Words are made here with struct alone, so that neither side's idea of an order is used.
"""

import asyncio
import struct
import sys

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


def words(form, value, order="abcd"):
    """The registers of a value. abcd: as it is; cdab: words reversed; badc: bytes of each word
    swapped; dcba: both."""
    raw = struct.pack(">" + form, value)
    parts = [raw[i:i + 2] for i in range(0, len(raw), 2)]
    if order in ("cdab", "dcba"):
        parts.reverse()
    if order in ("badc", "dcba"):
        parts = [part[::-1] for part in parts]
    return [struct.unpack(">H", part)[0] for part in parts]


HOLDING = {
    0: words("H", 65534),
    1: words("h", -215),
    10: words("I", 4_000_000_000),
    12: words("i", -70_000),
    20: words("f", 12.5, "abcd"),
    22: words("f", 12.5, "cdab"),
    24: words("f", 12.5, "badc"),
    26: words("f", 12.5, "dcba"),
    30: words("d", -1234.0625, "abcd"),
    34: words("d", -1234.0625, "dcba"),
    40: words("q", -5_000_000_000, "cdab"),
    50: words("H", 0b0000_1000_0000_0000),
    51: words("H", 2),
    52: words("f", float("nan")),
    53 + 1: words("h", 9000),  # out of the tag's range
    200: words("H", 7),        # alone, far away; 201 and on do not exist
}


def block(registers):
    return [SimData(address, values=values, datatype=DataType.REGISTERS)
            for address, values in sorted(registers.items())]


def device(unit):
    bits = [SimData(0, values=[True, False, True, True] + [False] * 12, datatype=DataType.BITS)]
    inputs = block({100: words("h", 321 + unit)})
    return SimDevice(unit, simdata=(bits, bits, block(HOLDING), inputs))


async def main():
    kind, where = sys.argv[1:]
    units = [device(1), device(2)]
    if kind == "tcp":
        server = ModbusTcpServer(units, address=("127.0.0.1", int(where)))
    else:
        server = ModbusSerialServer(units, framer=FramerType.RTU, port=where, baudrate=19_200,
                                    ignore_missing_devices=True)
    print("serving", flush=True)
    await server.serve_forever()


asyncio.run(main())
