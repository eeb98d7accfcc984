"""Mail: what one is, how it is written from a template, and the ways out of the server.

Letters.write(...)  →  Mail  →  the queue (resolvers/mailing)  →  Mailer.send(...)
"""

from adapters.mail.letters import Letters
from adapters.mail.mail import Mail, Mailer, MailFailed

__all__ = ["Letters", "Mail", "MailFailed", "Mailer"]
