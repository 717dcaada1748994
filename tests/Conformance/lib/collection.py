"""Has a .NET process collect its garbage, so that what it holds can be told from what it has not thrown away yet."""
import glob
import socket
import struct

MAGIC = b"DOTNET_IPC_V1\0"
HEADER = struct.Struct("<14sHBBH")
EVENT_PIPE, STOP, COLLECT = 0x02, 0x01, 0x03
OK = 0x00
# The runtime collects when somebody begins to listen to this kind of event.
HEAP_COLLECT = 0x800000


def collect(pid):
    """Over the runtime's diagnostic port: a session that asks for a collection, ended once that is over."""
    name = "Microsoft-Windows-DotNETRuntime\0"
    provider = struct.pack("<QII", HEAP_COLLECT, 4, len(name)) + name.encode("utf-16-le") + struct.pack("<I", 0)
    with _connect(pid) as session:
        number = _ask(session, COLLECT, struct.pack("<IIBI", 1, 1, 0, 1) + provider)
        with _connect(pid) as stopping:
            _ask(stopping, STOP, number)
        while session.recv(65536):
            pass


def _connect(pid):
    port = socket.socket(socket.AF_UNIX)
    port.settimeout(30)
    port.connect(glob.glob(f"/tmp/dotnet-diagnostic-{pid}-*-socket")[0])
    return port


def _ask(port, command, payload):
    port.sendall(HEADER.pack(MAGIC, HEADER.size + len(payload), EVENT_PIPE, command, 0) + payload)
    _, size, _, outcome, _ = HEADER.unpack(_read(port, HEADER.size))
    answer = _read(port, size - HEADER.size)
    if outcome != OK:
        raise OSError(f"the runtime refused command {command}: {answer.hex()}")
    return answer


def _read(port, count):
    got = b""
    while len(got) < count:
        more = port.recv(count - len(got))
        if not more:
            raise OSError("the runtime hung up")
        got += more
    return got
