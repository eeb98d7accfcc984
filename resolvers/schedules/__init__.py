"""What the clock sets off: schedules of automations, and of whatever else has some."""
