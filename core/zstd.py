"""Read zstandard files and notice a torn end, which the package's own reader takes for the end."""

import io
import os
from typing import IO, Any


class ZstdReader(io.RawIOBase):
    """The unpacked bytes of a file; its frames are walked once all of them are read.

    Raises:
        zstandard.ZstdError: On reading, if the file is broken or cut off.
    """

    def __init__(self, raw: IO[bytes]) -> None:
        import zstandard

        self._raw = raw
        self._stream: Any = zstandard.ZstdDecompressor().stream_reader(
            raw, read_across_frames=True, closefd=False
        )
        self._is_whole = False

    def readable(self) -> bool:
        """Say that bytes can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the front; return how many bytes, 0 at the end."""
        count: int = self._stream.readinto(buffer)
        if count == 0 and not self._is_whole:
            check_frames(self._raw)
            self._is_whole = True
        return count


def check_frames(raw: IO[bytes]) -> None:
    """Walk the frames and blocks of a zstandard file.

    Raises:
        zstandard.ZstdError: If it ends inside one.

    Source: RFC 8878, sections 3.1.1 and 3.1.2.
    """
    import zstandard

    size = raw.seek(0, os.SEEK_END)
    at = 0
    while at < size:
        raw.seek(at)
        head = raw.read(18)
        if len(head) >= 8 and head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:
            at += 8 + int.from_bytes(head[4:8], "little")
            continue
        try:
            at += zstandard.frame_header_size(head)
            has_checksum = zstandard.get_frame_parameters(head).has_checksum
        except zstandard.ZstdError as error:
            raise zstandard.ZstdError("the file is cut off") from error
        is_last = False
        while not is_last and at < size:
            raw.seek(at)
            block = int.from_bytes(raw.read(3), "little")
            is_last, kind = bool(block & 1), block >> 1 & 3
            at += 3 + (1 if kind == 1 else block >> 3)
        at += 4 if has_checksum else 0
        if not is_last:
            at = size + 1
    if at > size:
        raise zstandard.ZstdError("the file is cut off")
