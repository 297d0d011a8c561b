"""Where a study may live, and whose it is: the name rule, the path rule and the lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import socket
from pathlib import Path

from ecosim.errors import UserError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SUBFOLDERS = ("parts", "failures", "figures", "quarantine")
LOCK = ".lock"


def study_path(name: str, root: Path | str) -> Path:
    """Return the absolute folder of study ``name`` inside ``root``, or raise `UserError`; touches nothing."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise UserError(
            f"results name {name!r}: use 1 to 64 letters, digits, dots, dashes or underscores, "
            "starting with a letter or digit"
        )
    base = Path(root).resolve()
    folder = base / name
    if base.exists() and not base.is_dir():
        raise UserError(f"results folder {base}: this is a file; choose another folder")
    for path in (folder, *(folder / sub for sub in SUBFOLDERS)):
        if path.is_symlink():
            raise UserError(f"{path}: this is a symbolic link; results are written to plain folders only")
        if path.exists() and not path.is_dir():
            raise UserError(f"{path}: this is a file where a folder is needed; choose another results name")
    if folder.resolve().parent != base:
        raise UserError(f"results name {name!r}: it leads outside {base}")
    return folder


def holds_something(folder: Path) -> bool:
    """Return whether a folder holds more than a study that was ended before its manifest was written leaves behind."""
    if not folder.exists():
        return False
    shown = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return any(path.name not in SUBFOLDERS or any(path.iterdir()) for path in shown)


class Lock:
    """An exclusive hold on a study folder; the kernel lets go of it when its process ends, however it ends.

    Where the file system knows no locks it holds nothing: parts are stored whole and named by their content, so two
    owners at once only do some work twice.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        self._handle = os.open(self._path, flags, 0o644)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = self._owner()
            os.close(self._handle)
            raise UserError(f"results folder {folder}: in use by {owner}; wait for it or choose another name") from None
        except OSError:
            pass
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode(), 0)

    def _owner(self) -> str:
        try:
            owner = json.loads(os.pread(self._handle, 1000, 0))
            return f"pid {int(owner['pid'])} on host {owner['host']}"
        except (ValueError, KeyError, TypeError, OSError):
            return "another process"

    def release(self) -> None:
        """Let others use the folder. The lock file stays: removing it would open a race."""
        os.close(self._handle)


def sweep_temporaries(folder: Path) -> int:
    """Remove temporary files whose writer on this host is dead, where that can be; return how many were removed."""
    removed = 0
    pattern = re.compile(rf"\..+\.{re.escape(socket.gethostname())}\.(\d+)\.[0-9a-f]{{32}}\.tmp")
    for place in (folder, *(folder / sub for sub in SUBFOLDERS)):
        if not place.is_dir():
            continue
        for path in place.iterdir():
            match = pattern.fullmatch(path.name)
            if match and not _alive(int(match.group(1))):
                with contextlib.suppress(OSError):
                    path.unlink()
                    removed += 1
    return removed


def _alive(pid: int) -> bool:
    """Return whether a process runs; a dead one whose parent has not asked after it does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
            not in "ZX"
        )
    except (OSError, IndexError):
        return True
