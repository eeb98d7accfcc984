"""The embedded PostgreSQL's settings, fitted to the machine; `ALTER SYSTEM` still overrides each of them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

MIB = 1 << 20
SPARE_CONNECTIONS = 20
"""For the command line, a person with psql, and the server's listeners."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the settings depend on. `durable` is False only for throw-away data: a crash then loses everything."""

    connections: int = 40
    durable: bool = True


def configuration(tuning: Tuning) -> str:
    """The text of a configuration file for PostgreSQL 18."""
    return "".join(f"{name} = '{value}'\n" for name, value in _settings(tuning, psutil.virtual_memory().total).items())


def _settings(tuning: Tuning, memory: int) -> dict[str, object]:
    switch = "on" if tuning.durable else "off"
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": tuning.connections + SPARE_CONNECTIONS,
        "shared_buffers": _megabytes(memory // 8, 64, 2048),
        "effective_cache_size": _megabytes(memory // 2, 256, 1 << 20),
        "maintenance_work_mem": _megabytes(memory // 64, 64, 512),
        "work_mem": "16MB",
        "dynamic_shared_memory_type": _shared_memory(),
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": switch,
        "synchronous_commit": switch,
        "full_page_writes": switch,
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_statement": "none",
        "log_min_error_statement": "panic",  # values of users' records stay out of the log
        "log_lock_waits": "on",
        "max_locks_per_transaction": 256,  # dropping a base locks each of its tables and indexes
    }


def _megabytes(wanted: int, least: int, most: int) -> str:
    return f"{min(max(wanted // MIB, least), most)}MB"


def _shared_memory() -> str:
    """Where parallel queries exchange rows; containers give /dev/shm 64 MiB, which such a query soon fills."""
    shm = Path("/dev/shm")  # noqa: S108  # looked at, not written to
    roomy = shm.exists() and shutil.disk_usage(shm).total >= 512 * MIB
    return "posix" if roomy else "mmap"
