"""Files that wait for the end of a build, and are renamed into their places then."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from hashlib import blake2b
from pathlib import Path

__all__ = ["Staging"]


class Staging:
    """What waits in `folder`, which need not be there, for its place in `directory`. Files are named by their paths in
    the latter. Nothing half written is ever seen there: what is no part of the site, another build removes.
    """

    # Names are strings: of ten thousand files, a Path each takes its time.

    def __init__(self, folder: Path | None, directory: Path) -> None:
        """Without a folder nothing can wait."""
        self._folder, self._directory = folder, directory
        self._is_there = False
        self._roomy: str | None = None  # the folder that a file was put into just now

    def place(self, path: str) -> str:
        """Where a file waits."""
        if self._folder is None:
            raise AssertionError(self._directory)
        if not self._is_there:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._is_there = True
        return f"{self._folder}/{blake2b(path.encode('utf-8', 'surrogateescape'), digest_size=16).hexdigest()}"

    def put(self, path: str) -> None:
        """Rename a file that waits into its place, where it keeps the permissions of the one before it."""
        waiting, target = self.place(path), f"{self._directory}/{path}"
        folder = path.rpartition("/")[0]
        try:
            mode = os.stat(target).st_mode  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            mode = 0
        if stat.S_ISREG(mode):
            os.chmod(waiting, stat.S_IMODE(mode))  # noqa: PTH101
        elif mode or folder != self._roomy:
            self._make_room(path)
            self._roomy = folder
        _replace(waiting, target)

    def put_copy(self, path: str, source: Path) -> None:
        """Have a copy of a file in its place."""
        waiting = self.place(path)
        shutil.copyfile(source, waiting)
        os.chmod(waiting, 0o644)  # noqa: PTH101
        self._make_room(path)
        _replace(waiting, f"{self._directory}/{path}")

    def discard(self) -> None:
        """Remove what waits, if anything does."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self, path: str) -> None:
        """Have its folder there. Where a folder was, a file may be now, and the other way round."""
        target = self._directory / path
        if target.is_dir():
            shutil.rmtree(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            for parent in list(target.relative_to(self._directory).parents)[-2::-1]:
                if (self._directory / parent).is_file():
                    (self._directory / parent).unlink()
            target.parent.mkdir(parents=True, exist_ok=True)


def _replace(waiting: str, target: str) -> None:
    try:
        os.replace(waiting, target)  # noqa: PTH105
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_atomic(Path(waiting), Path(target))
        shutil.copymode(waiting, target)


def _copy_atomic(source: Path, target: Path) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out, source.open("rb") as data:
            shutil.copyfileobj(data, out)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
