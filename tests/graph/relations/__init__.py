"""Fields that refer to other records: links, lookups, rollups, formulas."""
