"""Lists of records that stay as they would be if they were read again."""
