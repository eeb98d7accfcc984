"""Mail: what one is, how it is written from a template, and the ways out of the server.

    Letters.write(...)  →  Mail  →  Outbox.post(...)  →  Mailer.send(...)

Post a mail from `unit.after_commit`, never inside the transaction: what is rolled back must not have been announced.
"""

from adapters.mail.letters import Letters
from adapters.mail.mail import Mail, Mailer, MailFailed
from adapters.mail.outbox import Outbox

__all__ = ["Letters", "Mail", "MailFailed", "Mailer", "Outbox"]
