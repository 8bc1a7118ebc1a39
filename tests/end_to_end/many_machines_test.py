#!/usr/bin/python3
"""Training by several processes through torch.distributed: the curve of one process, and what happens when one is lost.

Usage: many_machines_test.py RICERCAR_ENGINE [TEST...].
"""

import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ENGINE = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import smf

NAMED_BY_ENVIRONMENT = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def write_music(folder, pieces):
    folder.mkdir()
    draw = random.Random(1)
    for number in range(pieces):
        notes = [(beat / 2, 0.5, 60 + draw.choice((0, 2, 4, 5, 7, 9, 11)), 80) for beat in range(128)]
        (folder / f"{number}.mid").write_bytes(smf.file([smf.conductor("tune", 100, (4, 4), 0, False, smf.ticks(64)),
                                                         smf.instrument("Piano", 0, 0, notes, smf.ticks(64))]))


class ManyMachinesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        write_music(cls.folder / "music", 20)
        alone = cls.start(cls.folder / "alone")
        _, errors = alone.communicate()
        assert alone.returncode == 0, errors
        cls.expected = cls.curve(cls.folder / "alone")

    @classmethod
    def command(cls, run, *more):
        return [ENGINE, "train", str(cls.folder / "music"), "--out", str(run), "--preset", "tiny", "--epochs", "4",
                "--json", *map(str, more)]

    @classmethod
    def start(cls, run, *more, command=None, **variables):
        plain = {name: value for name, value in os.environ.items() if name not in NAMED_BY_ENVIRONMENT}
        environment = plain | {"XDG_CACHE_HOME": str(cls.folder / "cache"), "OMP_NUM_THREADS": "1"} | variables
        return subprocess.Popen(command or cls.command(run, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=environment, start_new_session=True)

    @classmethod
    def start_two(cls, run, *more):
        port = str(free_port())
        return [cls.start(run, *more, MASTER_ADDR="127.0.0.1", MASTER_PORT=port, WORLD_SIZE="2", RANK=str(rank),
                          LOCAL_RANK=str(rank)) for rank in range(2)]

    @staticmethod
    def curve(run):
        """(step, nats a token while training, held-out nats a token) of each line of metrics."""
        lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
        return [(line["step"], line["trainNatsPerToken"], line.get("validNatsPerToken")) for line in lines]

    def expect_success(self, *processes):
        for process in processes:
            out, errors = process.communicate(timeout=300)
            self.assertEqual(process.returncode, 0, out + errors)

    def expect_the_same_curve(self, run, first=0):
        """But for the order of sums, and in bfloat16, where the processor has it, what is rounded before them. Of line
        `first` on: a run that was stopped between two lines has forgotten what it saw since the first of them."""
        curve = self.curve(run)
        self.assertGreaterEqual(len(curve), 4)
        self.assertEqual([line[0] for line in curve], [line[0] for line in self.expected])
        for (step, *values), (_, *expected) in zip(curve[first:], self.expected[first:]):
            for value, wanted in zip(values, expected):
                self.assertEqual(value is None, wanted is None)
                if wanted is not None:
                    self.assertAlmostEqual(value, wanted, delta=0.003 * wanted, msg=f"step {step}")

    @staticmethod
    def read_until(process, event):
        for line in process.stdout:
            if json.loads(line)["event"] == event:
                return
        raise AssertionError(f"no {event}: {process.stderr.read()}")

    def refusal(self, process):
        out, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, out + errors)
        return errors

    def test_two_learn_what_one_learns(self):
        run = self.folder / "two"
        lead, other = self.start_two(run)
        out, errors = lead.communicate(timeout=300)
        self.assertEqual(lead.returncode, 0, errors)
        quiet, errors = other.communicate(timeout=60)
        self.assertEqual((other.returncode, quiet), (0, ""), errors)
        self.assertEqual(json.loads(next(line for line in out.splitlines() if '"start"' in line))["workers"], 2)
        self.expect_the_same_curve(run)

    def test_a_worker_that_is_killed_is_told_and_the_run_goes_on_from_its_checkpoint(self):
        run = self.folder / "killed"
        lead, other = self.start_two(run)
        self.read_until(lead, "evaluation")
        other.kill()
        self.assertIn("another worker is lost, start all of them again with --resume", self.refusal(lead))
        other.communicate()
        self.assertLess(len(self.curve(run)), len(self.expected))
        self.expect_success(*self.start_two(run, "--resume"))
        self.expect_the_same_curve(run)

    def test_asked_to_stop_all_stop(self):
        run = self.folder / "stopped"
        lead, other = self.start_two(run)
        self.read_until(lead, "evaluation")
        other.send_signal(signal.SIGINT)
        self.expect_success(lead, other)
        stopped = len(self.curve(run))
        self.assertLess(stopped, len(self.expected))
        self.expect_success(self.start(run, "--resume"))  # any number can go on
        self.expect_the_same_curve(run, stopped + 2)

    @unittest.skipUnless(shutil.which("torchrun"), "torchrun (python3-torch) is not installed")
    def test_torchrun_starts_the_workers_again(self):
        run = self.folder / "torchrun"
        torchrun = self.start(run, command=["torchrun", "--nproc_per_node", "2", "--max_restarts", "1",
                                            "--monitor_interval", "0.2",
                                            # Without these Debian 12's does not start: it is older than its Python.
                                            "--redirects", "1:1", "--tee", "1:1", "--log_dir", self.folder / "logs",
                                            "--master_port", str(free_port()), "--no_python", *self.command(run)])
        self.addCleanup(torchrun.kill)
        self.read_until(torchrun, "evaluation")
        workers = subprocess.run(["pgrep", "--parent", str(torchrun.pid), pathlib.Path(ENGINE).name[:15]], text=True,
                                 capture_output=True).stdout.split()
        os.kill(int(workers[-1]), signal.SIGKILL)
        self.expect_success(torchrun)
        self.expect_the_same_curve(run)

    def test_workers_that_do_not_come_are_named(self):
        port = str(free_port())
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
        for rank in range(2):
            lonely = self.start(self.folder / "lonely", "--join-timeout", 1, RANK=str(rank), **place)
            self.assertIn(f"worker {rank} of 2 did not meet worker {1 - rank} at 127.0.0.1 port {port} within 1 s",
                          self.refusal(lonely))
        waiting = self.start(self.folder / "lonely", RANK="0", **place)
        with socket.socket() as knocking:
            while knocking.connect_ex(("127.0.0.1", int(port))) != 0:
                time.sleep(0.05)
        self.assertIn(f"worker 0 cannot await the others at 127.0.0.1 port {port}",
                      self.refusal(self.start(self.folder / "lonely", RANK="0", **place)))
        waiting.send_signal(signal.SIGTERM)
        self.assertIn("did not meet worker 1", self.refusal(waiting))
        self.assertFalse((self.folder / "lonely").exists())

    def test_wrong_variables_are_said(self):
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500", "WORLD_SIZE": "2", "RANK": "1"}
        for wrong, said in ({"MASTER_PORT": ""}, "not MASTER_PORT"), ({"RANK": "2"}, "RANK=2"), (
                {"WORLD_SIZE": "two"}, "WORLD_SIZE=two"), ({"MASTER_PORT": "70000"}, "MASTER_PORT=70000"):
            self.assertIn(said, self.refusal(self.start(self.folder / "wrong", **place | wrong)))

    def test_a_host_that_is_not_there_is_named(self):
        place = {"MASTER_ADDR": "host.invalid", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"}
        for rank in range(2):
            self.assertIn("MASTER_ADDR=host.invalid: ",
                          self.refusal(self.start(self.folder / "nowhere", RANK=str(rank), **place)))

    def test_the_port_of_another_program_is_no_meeting_place(self):
        def greet(listening):
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        with socket.create_server(("127.0.0.1", 0)) as listening:
            threading.Thread(target=greet, args=[listening], daemon=True).start()
            port = str(listening.getsockname()[1])
            other = self.start(self.folder / "foreign", MASTER_ADDR="127.0.0.1", MASTER_PORT=port, WORLD_SIZE="2",
                               RANK="1")
            self.assertIn(f"port {port} of 127.0.0.1 belongs to another program", self.refusal(other))

    def test_a_step_too_small_for_all_is_refused_before_they_meet(self):
        lonely = self.start(self.folder / "small", "--batch", 1, MASTER_ADDR="127.0.0.1", MASTER_PORT=str(free_port()),
                            WORLD_SIZE="2", RANK="0")
        self.assertIn("a step of 1 windows cannot be shared by 2 workers", self.refusal(lonely))

    def test_other_music_is_noticed(self):
        write_music(self.folder / "other music", 6)
        port = str(free_port())
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
        lead = self.start(self.folder / "differing", RANK="0", **place)
        command = self.command(self.folder / "differing")
        command[2] = str(self.folder / "other music")
        other = self.start(None, command=command, RANK="1", **place)
        for process in lead, other:
            self.assertIn("1 of 2 workers", self.refusal(process))


if __name__ == "__main__":
    unittest.main()
