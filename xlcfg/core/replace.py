"""Writes a file anew so that at every moment either the old or the new text is there, whole."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat

#: how many names are tried for the file beside the target
_TRIES = 20
_BESIDE = re.compile(r"\.xlcfg-[0-9a-f]{12}\.tmp")
#: folders that were looked through for what a killed run has left
_swept: set[str] = set()


class WriteError(Exception):
    """A file cannot be written; the message says why, without its path."""


def replace_file(path: str, old: bytes, new: bytes) -> None:
    """Put `new` in place of `old` in the file at `path`.

    Links are followed to the file itself. Its mode, owner and extended attributes stay as they
    are. The text goes to a file beside it, to the disk, and then takes the place of the first in
    one step. Raises WriteError, leaving everything as it was: where the folder cannot be written,
    the owner cannot be kept, or somebody changed the file since `old` was read. What a run that was
    killed has left in the folder goes with the next one's first file there.
    """
    try:
        target = os.path.realpath(path, strict=True)
        status = os.stat(target)
        if not os.access(target, os.W_OK):
            raise WriteError("cannot be written: permission denied")
        descriptor, beside = _open_beside(target)
    except OSError as error:
        raise WriteError(f"cannot be written: {_reason(error)}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            _keep_owner(descriptor, status)
            _keep_attributes(target, descriptor)
            os.fchmod(descriptor, status.st_mode & 0o7777)
            os.fsync(descriptor)
        with open(target, "rb", opener=_without_waiting) as file:
            if file.read() != old:
                raise WriteError("was changed by somebody else meanwhile; nothing was written")
        os.replace(beside, target)
    except OSError as error:
        _remove(beside)
        raise WriteError(f"cannot be written: {_reason(error)}") from None
    except BaseException:
        _remove(beside)
        raise
    _sync_folder(os.path.dirname(target))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def put_file(path: str, new: bytes) -> None:
    """Make `new` all that the file at `path` holds; a failure leaves what was there.

    Links are followed to the file itself. A new file has the mode that the umask leaves, an old one
    keeps its own. What is no plain file (a pipe, a terminal) is written to, and so is a file that
    nothing can take the place of: its folder takes no new file, its owner would change. Raises
    OSError.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    # whoever wrote to a shell's /dev/stdout goes on with the file that is open there
    special = path.startswith(("/dev/fd/", "/dev/std", "/proc/"))
    if special or not path or (status is not None and not stat.S_ISREG(status.st_mode)):
        _overwrite(path, new)
        return
    if status is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    target = os.path.realpath(path)
    try:
        descriptor, beside = _open_beside(target)
    except WriteError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and (status is None or cause.errno not in _NO_NEW_FILE):
            raise cause from None
        _overwrite(target, new)
        return
    try:
        with os.fdopen(descriptor, "wb") as file:
            if status is None:
                mask = os.umask(0)
                os.umask(mask)
                os.fchmod(descriptor, 0o666 & ~mask)
            else:
                _keep_owner(descriptor, status)
                _keep_attributes(target, descriptor)
                os.fchmod(descriptor, status.st_mode & 0o7777)
            file.write(new)
            file.flush()
            os.fsync(descriptor)
        os.replace(beside, target)
    except WriteError:
        _remove(beside)
        _overwrite(target, new)
    except OSError as error:
        _remove(beside)
        if error.errno != errno.EBUSY:  # a file that is mounted by itself, as into a container
            raise
        _overwrite(target, new)
    except BaseException:
        _remove(beside)
        raise


#: A file may be written to though its folder takes no new one.
_NO_NEW_FILE = (errno.EACCES, errno.EPERM, errno.EROFS)


def _overwrite(path: str, new: bytes) -> None:
    with open(path, "wb", opener=_where_somebody_reads) as file:
        file.write(new)


def _where_somebody_reads(path: str, flags: int) -> int:
    """Opens a file; OSError for a FIFO that nobody reads, which would have to be waited for."""
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        raise OSError(errno.ENXIO, "nobody reads from it") from None
    os.set_blocking(descriptor, True)
    return descriptor


def _open_beside(target: str) -> tuple[int, str]:
    """A new file in the folder of `target`, for us alone; OSError where there can be none."""
    folder = os.path.dirname(target)
    if folder not in _swept:
        _swept.add(folder)
        _sweep(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    for _ in range(_TRIES):
        path = os.path.join(folder, f".xlcfg-{secrets.token_hex(6)}.tmp")
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise WriteError(
                f"cannot be written: its folder takes no new file: {_reason(error)}"
            ) from error
        _lock(descriptor, wait=True)
        # Another run may have taken it for a dead one's before it was locked.
        if os.path.exists(path):
            return descriptor, path
        os.close(descriptor)
    raise WriteError("cannot be written: every name beside it is taken")


def _lock(descriptor: int, *, wait: bool = False) -> bool:
    """Mark a file as that of a run which is alive; whether it is ours now.

    Where there are no locks everything counts as alive.
    """
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):
        return False
    return True


def _sweep(folder: str) -> None:
    """Remove our own files of runs that did not live to do it."""
    try:
        names = [name for name in os.listdir(folder) if _BESIDE.fullmatch(name)]
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (OSError, AttributeError):
            continue
        try:
            # root's are given to whom the target belongs before they take its place
            ours = os.geteuid() in (0, os.fstat(descriptor).st_uid)
            if ours and _lock(descriptor):
                _remove(path)
        finally:
            os.close(descriptor)


def _keep_owner(descriptor: int, status: os.stat_result) -> None:
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) == (status.st_uid, status.st_gid):
        return
    try:
        os.fchown(descriptor, status.st_uid, status.st_gid)
    except OSError:
        raise WriteError("cannot be written: its owner or group would change") from None


def _keep_attributes(target: str, descriptor: int) -> None:
    """Extended attributes (SELinux labels, ACLs), as far as the file system lets us."""
    if not hasattr(os, "listxattr"):
        return
    try:
        names = os.listxattr(target)
    except OSError:
        return
    for name in names:
        try:
            os.setxattr(descriptor, name, os.getxattr(target, name))
        except OSError:
            continue


def _sync_folder(folder: str) -> None:
    """Make the new name last a power cut, where folders can be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
