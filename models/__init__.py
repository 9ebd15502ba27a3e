"""Where weights come from: checkpoints, their cards, the registry, conversion."""
