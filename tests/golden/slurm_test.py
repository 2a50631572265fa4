"""A sweep on a real Slurm of one node, started here: the emitted script, tasks killed on purpose, one resubmission, the same bits.

Skipped where Slurm or munge is absent (tools/packages install cluster), or where this user may not start them (they want root)."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

SOJOURN = Path(os.environ.get("SOJOURN", "build/sojourn")).resolve()
SCENARIOS = Path(os.environ.get("SOJOURN_SOURCE", ".")) / "scenarios"
PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue"]
PATIENCE = 240.0

SWEEP = """\
schema = 1
[sweep]
scenario = "coffee.toml"
design = { latin_hypercube = { samples = 200 } }
plans = ["baseline"]
customers = 2000
replications = 8
[[vary]]
key = "touchpoint.drink.quality.mean"
from = 0.3
to = 0.8
"""


def found(program):
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def configuration(folder, host):
    lines = [f"ClusterName=test\nSlurmctldHost={host}(127.0.0.1)\nSlurmUser=root\nAuthType=auth/munge\nAuthInfo=socket={folder}/munge.socket",
             "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny",
             f"SlurmctldPort={free_port()}\nSlurmdPort={free_port()}",
             f"StateSaveLocation={folder}/state\nSlurmdSpoolDir={folder}/spool",
             f"SlurmctldPidFile={folder}/slurmctld.pid\nSlurmdPidFile={folder}/slurmd.pid",
             f"SlurmctldLogFile={folder}/slurmctld.log\nSlurmdLogFile={folder}/slurmd.log",
             "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nSelectType=select/cons_tres\nSelectTypeParameters=CR_CPU",
             f"AccountingStorageType=accounting_storage/none\nJobCompType=jobcomp/filetxt\nJobCompLoc={folder}/completed",
             "MpiDefault=none\nReturnToService=2\nSchedulerParameters=sched_interval=1",
             f"NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN",
             f"PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP"]
    return "\n".join(lines) + "\n"


class Slurm(unittest.TestCase):
    def setUp(self):
        missing = [program for program in PROGRAMS if found(program) is None]
        if missing or os.geteuid() != 0:
            why = f"without {', '.join(missing)}" if missing else "without root"
            self.skipTest(f"no Slurm can be started here {why}")
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-slurm-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.daemons = []
        self.addCleanup(self.stop)
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        (self.folder / "bin" / "sojourn").symlink_to(SOJOURN)
        self.environment = {**{name: value for name, value in os.environ.items() if not name.startswith("SLURM_")},
                            "SLURM_CONF": str(self.folder / "slurm.conf"),
                            "PATH": f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin"}
        shutil.copy(SCENARIOS / "coffee.toml", self.folder)
        (self.folder / "s.toml").write_text(SWEEP)
        self.begin()

    def begin(self):
        host = socket.gethostname().split(".")[0]
        (self.folder / "slurm.conf").write_text(configuration(self.folder, host))
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
                    f"--pid-file={self.folder}/munge.pid", f"--log-file={self.folder}/munge.log", f"--seed-file={self.folder}/munge.seed")
        self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
        self.daemon("slurmctld", "-D", "-f", self.folder / "slurm.conf")
        self.daemon("slurmd", "-D", "-f", self.folder / "slurm.conf")
        try:
            self.wait_for(lambda: "State=IDLE" in self.tell("scontrol", "show", "node", check=False), "the node", 60.0)
        except AssertionError as problem:
            logs = "".join(path.read_text(errors="replace")[-600:] for path in self.folder.glob("*.log"))
            self.skipTest(f"Slurm does not start here: {problem}\n{logs}")

    def daemon(self, program, *arguments):
        output = open(self.folder / f"{program}.out", "wb")
        self.addCleanup(output.close)
        self.daemons.append(subprocess.Popen([found(program), *map(str, arguments)], env=self.environment, cwd=self.folder, stdout=output,
                                             stderr=output, stdin=subprocess.DEVNULL, start_new_session=True))

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def wait_for(self, holds, what, patience=PATIENCE):
        deadline = time.monotonic() + patience
        while not holds():
            self.assertLess(time.monotonic(), deadline, f"{what} did not come about")
            time.sleep(0.2)

    def tell(self, *command, check=True):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              timeout=120, check=False)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def submit(self):
        """Runs the emitted script; the number of the array's job."""
        said = self.tell("bash", "submit.sh")
        return int(re.search(r"Submitted batch job (\d+)", said).group(1)) - 1

    def idle(self):
        return self.tell("squeue", "--noheader", check=False).strip() == ""

    def states(self, job):
        """How many tasks of an array Slurm saw end in which state."""
        text = (self.folder / "completed").read_text()
        return re.findall(rf"JobId=\d+ .*?JobState=(\w+)", "\n".join(line for line in text.splitlines() if "Name=sojourn-sweep" in line))

    def test_killed_tasks_and_one_resubmission(self):
        (self.folder / "submit.sh").write_text(self.tell(SOJOURN, "sweep", "s.toml", "-o", "points", "--emit-slurm", "--tasks", 4))
        job = self.submit()
        # Three kinds of end: a kill without warning, the signal before the limit of time, and a natural one.
        self.wait_for(lambda: any(self.folder.glob("points/points-*.h5")), "the first file of points")
        self.tell("scontrol", "show", "job", job, check=False)
        self.tell("scancel", "--signal=KILL", "--full", f"{job}_1", check=False)
        self.tell("scancel", "--signal=USR1", "--full", f"{job}_2", check=False)
        self.wait_for(self.idle, "the end of the first submission")
        first = self.states(job)
        print(f"the first submission ended {first}; {len(list(self.folder.glob('points/points-*.h5')))} files of points")
        self.assertIn("COMPLETED", first)
        self.submit()
        self.wait_for(self.idle, "the end of the second submission")
        self.assertTrue((self.folder / "points.h5").exists(), "".join(path.read_text() for path in self.folder.glob("slurm-*.out")))
        self.tell(SOJOURN, "sweep", "s.toml", "-o", "straight")
        self.tell(SOJOURN, "merge", "straight", "-o", "straight.h5")
        self.assertEqual((self.folder / "points.h5").read_bytes(), (self.folder / "straight.h5").read_bytes())

    def test_processes_of_srun_share_one_run_by_pmix_alone(self):
        command = [SOJOURN, "compare", "coffee.toml", "--customers", "40000", "--replications", "2", "--threads", "1"]
        srun = ["srun", "--overcommit", "-n", "3"]
        refused = subprocess.run([str(word) for word in [*srun, *command, "-o", "ranks.h5"]], cwd=self.folder, env=self.environment,
                                 capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertEqual(refused.stderr.count("3 processes were started that know nothing of one another"), 1, refused.stderr)
        self.assertFalse((self.folder / "ranks.h5").exists())
        known = subprocess.run(["srun", "--mpi=list"], env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        if "pmix" not in known.stdout + known.stderr or not (SOJOURN.parent / "sojourn-mpi.so").exists():
            self.skipTest("Slurm without pmix, or Sojourn without MPI")
        self.environment.update({"OMPI_MCA_btl": "self,vader"})
        said = self.tell(*srun, "--mpi=pmix", *command, "-o", "ranks.h5")
        self.assertEqual(said.count("loses"), 1, said)
        self.tell(*command, "-o", "alone.h5")
        self.assertEqual((self.folder / "ranks.h5").read_bytes(), (self.folder / "alone.h5").read_bytes())


if __name__ == "__main__":
    unittest.main()
