"""A batch on a Ray cluster of two nodes: `python -m tests.translate.batch.two_nodes FOLDER`.

FOLDER has `in/`; the batch goes into `out/`. When the first parts are there, a worker that translates is killed. Prints
how many workers there were before.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ray.cluster_utils import Cluster

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


def main(folder: Path, *options: str) -> int:
    cluster = Cluster(
        initialize_head=True,
        head_node_args={**NODE, "include_dashboard": False},
    )
    try:
        cluster.add_node(**NODE)
        cluster.wait_for_nodes()
        command = [
            sys.executable, "-m", "translate.cli", "batch", folder / "in", folder / "out",
            *options, f"--ray={cluster.address}",
        ]  # fmt: skip
        with subprocess.Popen(command, stdout=sys.stderr) as batch:
            workers = _busy(cluster, folder / "out", batch)
            os.kill(workers[0], signal.SIGKILL)
            print(len(workers))
        return batch.returncode
    finally:
        cluster.shutdown()


def _busy(cluster: Cluster, out: Path, batch: "subprocess.Popen[bytes]") -> list[int]:
    """Both workers, when two parts are in a journal."""
    while batch.poll() is None:
        parts = [path.read_bytes().count(b"\n") - 1 for path in out.glob("*.partial/journal")]
        workers = _workers(cluster)
        if max(parts, default=0) >= 2 and len(workers) == 2:
            return workers
        time.sleep(0.05)
    sys.exit("it ended before anything could be killed")


def _workers(cluster: Cluster) -> list[int]:
    """Process ids of the actors that translate on this cluster."""
    nodes = [p.process.pid for n in cluster.list_all_nodes() for p in n.all_processes["raylet"]]
    asked = ["ps", "-o", "pid=,args=", "--ppid", ",".join(map(str, nodes))]
    listed = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    return [int(line.split()[0]) for line in listed if "MapWorker" in line]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
