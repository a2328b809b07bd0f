"""A stretch of offsets or time run again, apart from the live topics, and what came of it."""
