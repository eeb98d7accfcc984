"""Runs of automations: claimed by a worker, done step by step, each step noted together with what it writes.

    claim  →  Play  →  one StepUnderWay an action  →  journal

A worker that was taken over cannot write any more: each note asks whether the run is still its own.
"""
