"""The names under which the queue and the change log know webhooks."""

from typing import Final

FOLLOWER: Final = "webhook"
DELIVERY: Final = "webhook_delivery"
"""Of the jobs that send a message; the payload is its id, and how many attempts there were."""
BATCH: Final = "webhook_batch"
"""Of the jobs that close a batch; the payload is the message's id."""
