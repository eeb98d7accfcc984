"""Followers of the change log: each reads the events of a table behind a place that it remembers, and misses none.

A stream's place is its client's, and ends with it. A follower's lies in the database, and moves in the transaction that
writes down what comes of the events: so each of them counts once, whatever process reads it and wherever that ends.
"""
