"""What can go wrong with a checkpoint: CheckpointError(path), exit 1."""


class CheckpointError(Exception):
    """A checkpoint is missing, incomplete, or doesn't do what it should."""

    exit_code = 1

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class HubUnreachable(CheckpointError):
    """The hub doesn't answer, or nothing may go there: what is wanted may be here all the same."""
