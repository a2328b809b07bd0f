"""A stretch of offsets or time run again, apart from the live topics: plan, run, status, diff, promote, abort."""
