"""Mail on its way: it waits in the queue, sealed, from the commit of what it tells of until a server has taken it."""
