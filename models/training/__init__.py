"""The parts of the trainer: a corpus of ids, batches of it, the network and its weights, what a run leaves."""
