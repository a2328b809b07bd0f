"""All that waits, sends, counts and reads settings."""
