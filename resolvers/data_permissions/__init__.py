"""Who may see and change which data of a base, beyond the roles of its workspace."""
