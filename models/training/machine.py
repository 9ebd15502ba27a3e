"""What this machine computes on: processor or GPU, in which precision, with which memory."""

import ctypes
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import torch

from models.errors import CheckpointError
from models.training.settings import Settings

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # of glibc's malloc.h


def device_for(settings: Settings) -> torch.device:
    """The GPU where there is one, unless the settings say otherwise."""
    there = torch.cuda.is_available()
    if settings.device == "cuda" and not there:
        raise CheckpointError("no CUDA GPU is there; take --device cpu or auto")
    return torch.device("cuda" if there and settings.device != "cpu" else "cpu")


def precision_for(settings: Settings, device: torch.device) -> str:
    """The faster of the two where that is left open: tried here, not looked up."""
    if settings.precision != "auto":
        return settings.precision
    if device.type == "cuda":
        return "bfloat16"
    times = {}
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        left, right = torch.ones(128, 128, dtype=dtype), torch.ones(128, 512, dtype=dtype)
        # small: a processor without bf16 takes hundreds of times as long
        times[name] = min(_seconds(lambda: left @ right) for _ in range(3))  # noqa: B023
    # what bf16 costs beside the products eats a small gain
    return "bfloat16" if times["bfloat16"] * 1.5 < times["float32"] else "float32"


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def prepare_gpu() -> None:
    """What works everywhere before what is fast.

    cuDNN's attention gives NaN gradients with a padding mask (torch 2.11 on an H200). Where there is no
    compiler for kernels of one's own, those of torch do, slower.
    """
    torch.backends.cuda.enable_cudnn_sdp(False)
    torch._dynamo.config.suppress_errors = True


def prepare_processor() -> None:
    """One thread a process, and memory that is kept: glibc hands large tensors back to the system at each step."""
    torch.set_num_threads(1)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.mallopt(ctypes.c_int(_M_MMAP_MAX), ctypes.c_int(0))
            libc.mallopt(ctypes.c_int(_M_TRIM_THRESHOLD), ctypes.c_int(-1))
