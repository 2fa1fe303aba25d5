"""The most device memory that is in use while a process runs, as nvidia-smi sees it."""

from __future__ import annotations

import shutil
import subprocess
import threading
from types import TracebackType

MIB = 1 << 20
INTERVAL_MS = 100


class DeviceMemory:
    """Polls the first GPU; what was in use before doesn't count, so that nothing else may use it meanwhile.

    peak is in bytes, or None without nvidia-smi.
    """

    def __init__(self) -> None:
        self.peak: int | None = None
        self._before: int | None = None
        self._polling: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> DeviceMemory:
        if shutil.which("nvidia-smi") is None:
            return self
        query = ["nvidia-smi", "--id=0", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
        self._before = _mib(subprocess.run(query, capture_output=True, text=True, check=False).stdout)
        self._polling = subprocess.Popen([*query, f"--loop-ms={INTERVAL_MS}"], stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()
        return self

    def _poll(self) -> None:
        assert self._polling is not None and self._polling.stdout is not None
        for line in self._polling.stdout:
            used = _mib(line)
            if used is not None and self._before is not None:
                self.peak = max(self.peak or 0, (used - self._before) * MIB)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._polling is not None and self._thread is not None:
            self._polling.terminate()
            self._thread.join()
            self._polling.wait()


def _mib(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdigit() else None
