"""`python -m tests.bench [NAME …]`: run one benchmark, or all; each prints Markdown tables."""

import importlib
import sys

NAMES = (
    "terms",
    "wmt23",
    "peers",
    "alignment",
    "match",
    "memory",
    "suggest",
    "consistency",
    "review",
    "checks",
    "decoding",
    "training",
    "load",
)

if __name__ == "__main__":
    chosen, rest = ([sys.argv[1]], sys.argv[2:]) if len(sys.argv) > 1 else (list(NAMES), [])
    for name in chosen:
        importlib.import_module(f"tests.bench.{name}").main(rest)
