"""As much of RFC 6455 as a consumer of records needs, with nothing but the standard library."""
import base64
import hashlib
import os
import socket
import struct
from urllib.parse import urlsplit

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocket:
    """An open WebSocket; reading raises ConnectionError at its end."""

    def __init__(self, url, timeout=10):
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout)
        self._bytes = b""
        key = base64.b64encode(os.urandom(16))
        target = parts.path + ("?" + parts.query if parts.query else "")
        self._socket.sendall(
            f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\n\r\n".encode())
        while b"\r\n\r\n" not in self._bytes:
            self._receive()
        head, _, self._bytes = self._bytes.partition(b"\r\n\r\n")
        expected = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())
        if not head.startswith(b"HTTP/1.1 101 ") or expected not in head:
            raise ConnectionError(head.decode())

    def send(self, text):
        """Sends a short text frame; a client's frames are masked."""
        data, mask = text.encode(), os.urandom(4)
        self._socket.sendall(struct.pack("!BB", 0x81, 0x80 | len(data)) + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def text(self):
        """The next text frame; pings and pongs are passed over."""
        while True:
            opcode, data = self._frame()
            if opcode == 1:
                return data.decode()
            if opcode == 8:
                raise ConnectionError(f"closed with {data!r}")

    def close(self):
        """Goes away without a word, as a cut line does."""
        self._socket.close()

    def _frame(self):
        first, length = struct.unpack("!BB", self._take(2))
        if length == 126:
            length = struct.unpack("!H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._take(8))[0]
        return first & 0x0F, self._take(length)

    def _take(self, count):
        while len(self._bytes) < count:
            self._receive()
        taken, self._bytes = self._bytes[:count], self._bytes[count:]
        return taken

    def _receive(self):
        more = self._socket.recv(65536)
        if not more:
            raise ConnectionError("the connection was cut")
        self._bytes += more
