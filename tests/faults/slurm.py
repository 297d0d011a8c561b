"""SLURM on this machine alone, for tests: one node of two processors, started and stopped with the tests."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

CONFIG = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Return why SLURM cannot be started here, or nothing."""
    absent = [name for name in ("slurmctld", "slurmd", "munged", "sbatch") if not find(name)]
    if absent:
        return f"needs {', '.join(absent)} (apt-get install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "needs root to start SLURM"


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


@contextlib.contextmanager
def cluster(folder):
    """Start munged, slurmctld and slurmd; yield the configuration file's path; stop what was started."""
    for sub in ("state", "spool"):
        (folder / sub).mkdir(parents=True)
    config = folder / "slurm.conf"
    config.write_text(CONFIG.format(host=socket.gethostname().split(".")[0], folder=folder))
    environment = {**os.environ, "SLURM_CONF": str(config)}
    own_munge = not Path("/run/munge/munge.socket.2").exists()
    if own_munge:
        Path("/run/munge").mkdir(exist_ok=True)
        shutil.chown("/run/munge", "munge", "munge")
        subprocess.run(["runuser", "-u", "munge", "--", find("munged")], check=True)
    try:
        for daemon in ("slurmctld", "slurmd"):
            subprocess.run([find(daemon), "-f", config], env=environment, check=True, timeout=60)
        until = time.monotonic() + 60
        while (
            "idle"
            not in subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True).stdout
        ):
            assert time.monotonic() < until, (folder / "slurmctld.log").read_text()[-2000:]
            time.sleep(0.2)
        yield config
    finally:
        subprocess.run(["scancel", "-u", "root"], env=environment, check=False)
        for daemon in ("slurmd", "slurmctld"):
            stop(folder / f"{daemon}.pid")
        if own_munge:
            stop(Path("/run/munge/munged.pid"))


def stop(file):
    """End the process whose number a file holds."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(file.read_text()), signal.SIGTERM)
