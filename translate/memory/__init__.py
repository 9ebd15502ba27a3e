"""The translation memory: what a person approved, found again for the same source or one like it."""
