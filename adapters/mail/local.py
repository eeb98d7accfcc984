"""Mail that does not leave the machine: for development, and for a server that sends none."""

import asyncio
import os
import sys
import time
from pathlib import Path
from uuid import uuid4

from adapters.mail.mail import Mail, as_message, one_line


class ConsoleMailer:
    """Writes the text of each mail to standard error. Links in it open accounts: for development only."""

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`."""
        sys.stderr.write(f"\n--- Mail to {mail.to}: {one_line(mail.subject)}\n{mail.text}---\n")
        sys.stderr.flush()


class FileMailer:
    """Writes each mail as an `.eml` file into a folder, where only this account may read it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`."""
        await asyncio.to_thread(self._write, as_message(mail, self._sender).as_bytes())

    def _write(self, message: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{time.time_ns()}-{uuid4().hex[:8]}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message)


class NoMailer:
    """Sends nothing."""

    async def send(self, mail: Mail) -> None:
        """See `Mailer.send`."""
