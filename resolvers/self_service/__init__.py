"""What people do for their own account with a link in a mail: confirm, recover, change and leave it.

A link's token is all that is needed to use it, so these use cases serve anonymous callers too.
"""
