"""Schedules that users make: a function is called, or an automation runs, when the clock says so."""
