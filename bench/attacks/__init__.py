"""What somebody does who wants to hurt the server, each attack bounded in connections, pace and time."""
