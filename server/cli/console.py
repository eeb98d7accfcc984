"""Where commands write: answers to standard output, failures to standard error."""

from rich.console import Console

output = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)
