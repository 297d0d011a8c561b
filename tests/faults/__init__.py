"""Sweeps are never lost: faults are made to happen, the sweep goes on, and its store must be that of a quiet one.

The oracle is always the same: the hash of what an undisturbed sweep stores (`sweeps.wanted`), and the list of runs that
failed, which must be exactly those that were made to fail. Where each fault of processes and storage is tried:

F1   a worker is killed: test_processes, test_engines, and a thousand times in experiments/kill_campaign.py
F2   no memory left (MemoryError, RLIMIT_AS): test_processes; the kernel's own killing looks like F1
F3   the driver is killed: test_drivers, and the campaign; its workers are gone within five seconds
F4   Ctrl-C and SIGTERM: test_drivers, with the real command
F5   a kill at every write, sync and rename of the writer: test_storage, with strace
F6   ENOSPC and EIO at each of them, a full disk, a size limit: test_storage, ../test_study
F7   a truncated part: ../test_study
F8   a flipped byte: ../test_study
F9   another run's part under this name: ../test_study
F10  two sweeps in one folder: test_drivers, ../test_study (two processes)
F11  the same run done twice: test_storage, ../test_study
F12  temporary files of dead writers: ../test_study, and looked for after every sweep here
F13  a folder deleted or made read-only in the middle: test_storage
F14  the clock: no name and no order depends on it (../test_architecture forbids time.time on the state path)
F15  a run that hangs, in Python, in C and in a kernel: test_processes
F16  a poisoned checkpoint: there are none; a run is stored whole, or done again
F17  renames seen late, no locks: test_storage
F18  power that fails at any moment: test_storage
F51  a run that raises, exits or leaves: test_processes
"""
