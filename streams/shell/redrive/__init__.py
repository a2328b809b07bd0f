"""Dead letters sent back to the topics they came from, after what made them fail was mended."""
