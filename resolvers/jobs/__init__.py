"""What is done in the background: the kinds of jobs, and who follows the change log. Features add theirs here."""
