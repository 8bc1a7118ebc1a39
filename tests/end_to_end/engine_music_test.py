#!/usr/bin/python3
"""The way of the music from outside: train on a folder, generate, render, listen.

Usage: engine_music_test.py RICERCAR_ENGINE [TEST...]. Skipped (exit status 77) without python3-mido.
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

try:
    import mido
except ImportError:
    print("skipped: python3-mido is not installed")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import smf
import sound

SEED = ROOT / "resources/examples/Lantern walk.mid"
ENGINE = sys.argv.pop(1)
# One thread, so that two runs give the same numbers.
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def engine(*arguments):
    return subprocess.run([ENGINE, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)


def train_arguments(folder, run, *more):
    return ["train", folder, "--out", run, "--preset", "tiny", "--device", "cpu", "--rng", "1", "--json", *more]


def write_melodies(folder, count):
    """Tunes for piano that walk up and down a scale in quarters and eighths."""
    folder.mkdir()
    chance = random.Random(1)
    for number in range(count):
        scale = [60 + number % 12 + 12 * octave + step for octave in (0, 1) for step in (0, 2, 4, 5, 7, 9, 11)]
        notes, now, place = [], 0.0, 4
        while now < 32:
            length = chance.choice((0.5, 1.0)) if now % 1 == 0 else 0.5
            place = min(max(place + chance.choice((-2, -1, 1, 2)), 0), len(scale) - 1)
            notes.append((now, length, scale[place], chance.randint(70, 90)))
            now += length
        tracks = [smf.conductor(f"tune {number}", 100, (4, 4), 0, False, smf.ticks(32)),
                  smf.instrument("Piano", 0, 0, notes, smf.ticks(32))]
        (folder / f"tune {number}.mid").write_bytes(smf.file(tracks))


def notes_in_seconds(path):
    """(onset, end, pitch) of every note that is no drum, read by mido."""
    notes, sounding, now = [], {}, 0.0
    for message in mido.MidiFile(path):
        now += message.time
        if message.type in ("note_on", "note_off") and message.channel != 9:
            key = message.channel, message.note
            if key in sounding:
                notes.append((sounding.pop(key), now, message.note))
            if message.type == "note_on" and message.velocity > 0:
                sounding[key] = now
    return sorted(notes)


def send(server, message):
    text = json.dumps(message).encode()
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
    server.stdin.flush()


def messages(server):
    """What the engine says, one message after the other."""
    while header := server.stdout.readline():
        server.stdout.readline()
        yield json.loads(server.stdout.read(int(header.split(b":")[1])))


class EngineMusicTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        ENVIRONMENT["XDG_CACHE_HOME"] = str(cls.folder / "cache")
        cls.melodies, cls.run_folder = cls.folder / "melodies", cls.folder / "run"
        write_melodies(cls.melodies, 40)
        trained = engine(*train_arguments(cls.melodies, cls.run_folder, "--epochs", "8"))
        assert trained.returncode == 0, trained.stderr
        cls.events = [json.loads(line) for line in trained.stdout.splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def generate(self, name, *more):
        path = self.folder / name
        done = engine("generate", "--model", self.run_folder, "--seed", SEED, "--bars", 8, "--out", path, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def assert_refused(self, done, *words):
        """Status 1, nothing but one sentence on standard error."""
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_training_learns(self):
        judged = [event["validNatsPerToken"] for event in self.events if event["event"] == "evaluation"]
        self.assertGreaterEqual(len(judged), 2)
        self.assertLess(min(judged), 0.8 * judged[0])

    def test_evaluate_agrees_that_it_learned(self):
        done = engine("evaluate", "--model", self.run_folder, self.melodies, "--device", "cpu", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        nats = json.loads(done.stdout)["natsPerToken"]
        self.assertTrue(0 < nats < 2.5, nats)

    def test_takes_are_compared_with_music(self):
        """The table for people and for programs, with what the run learned from; the same again."""
        command = ["evaluate", "--model", self.run_folder, self.melodies, "--protocol", "music", "--against",
                   self.run_folder, "--takes", 4, "--from-nothing", 2, "--temperature", 0.7, 1.1, "--bars", 4,
                   "--seed-bars", 2]
        kept = self.folder / "compared"
        done = engine(*command, "--json", "--out", kept)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual([(takes["from"], takes["temperature"], takes["takes"]) for takes in report["takes"]],
                         [("seeds", 0.7, 4), ("seeds", 1.1, 4), ("nothing", 0.7, 2), ("nothing", 1.1, 2)])
        self.assertEqual(len(list(kept.iterdir())), 12)
        # The tunes have one voice, walk in quarters and eighths, and their scale.
        real = report["real"]["features"]
        self.assertEqual(real["meanPolyphony"]["median"], 1)
        self.assertEqual(real["scaleConsistency"]["lower"], 1)
        self.assertTrue(4 < real["notesPerBar"]["median"] < 8)
        self.assertGreaterEqual(report["real"]["copies"]["longestNotes"]["median"], 3)
        for takes in report["takes"]:
            self.assertEqual(takes["endOnBarLineShare"], 1)
            self.assertGreaterEqual(takes["copies"]["longestNotes"]["percentile95"], 0)
        self.assertEqual(engine(*command, "--json").stdout, done.stdout)
        table = engine(*command).stdout
        for words in ("After 2 bars of a held-out piece", "From nothing", "| scale consistency", "at 0.7 (4 takes)",
                      "| longest copied run"):
            self.assertIn(words, table)

    def test_take_sounds_as_written(self):
        take, wav = self.generate("take.mid", "--rng", 3, "--temperature", 0.8), self.folder / "take.wav"
        done = engine("render", take, "--out", wav)
        self.assertEqual(done.returncode, 0, done.stderr)
        notes = notes_in_seconds(take)
        samples, rate = sound.read_mono(wav)
        self.assertGreaterEqual(len(samples) / rate, notes[-1][1])
        fresh = sound.fresh_notes(notes)
        self.assertGreaterEqual(len(fresh), 5)
        heard = sum(sound.begins_at(samples, rate, onset, pitch) for onset, pitch in fresh)
        self.assertGreaterEqual(heard, 0.8 * len(fresh), "notes are missing in the sound")
        # The same question at wrong times and pitches must fail, or it asks nothing.
        late = sum(sound.begins_at(samples, rate, onset + 0.2, pitch) for onset, pitch in fresh)
        wrong = sum(sound.begins_at(samples, rate, onset, pitch + 1) for onset, pitch in fresh)
        self.assertLess(late, 0.3 * len(fresh))
        self.assertLess(wrong, 0.3 * len(fresh))

    def test_take_is_whole_bars(self):
        take = mido.MidiFile(self.generate("bars.mid", "--rng", 4))
        ticks = max(sum(message.time for message in track) for track in take.tracks)
        meters = [message for track in take.tracks for message in track if message.type == "time_signature"]
        self.assertEqual([(meter.numerator, meter.denominator) for meter in meters], [(4, 4)])
        self.assertEqual(ticks, 8 * 4 * take.ticks_per_beat)

    def test_same_recipe_same_bytes(self):
        first, second, other = (self.generate(name, "--rng", rng).read_bytes()
                                for name, rng in (("a.mid", 7), ("b.mid", 7), ("c.mid", 8)))
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_a_short_training_speaks_to_people(self):
        done = engine(*[word for word in train_arguments(self.melodies, self.folder / "short", "--epochs", "1") if word != "--json"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nats a note on held-out music", done.stdout)

    def test_training_saves_itself_when_its_engine_is_killed(self):
        run = self.folder / "orphan"
        request = {"folder": str(self.melodies), "run": str(run), "preset": "tiny", "epochs": 1000, "device": "cpu"}
        with subprocess.Popen([ENGINE, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=ENVIRONMENT) as server:
            for number, (method, parameters) in enumerate([("initialize", {}), ("train/start", request)]):
                send(server, {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
            seen = next(step for message in messages(server)
                        if (step := message.get("params", {}).get("step", 0)) >= 20)
            server.kill()
        resume = ["train", self.melodies, "--out", run, "--resume", "--json", "--epochs", "1"]
        end = time.monotonic() + 60
        while (done := engine(*resume)).returncode != 0 and time.monotonic() < end:
            self.assertIn("another process is training in it", done.stderr)
        self.assertGreaterEqual(json.loads(done.stdout.splitlines()[-1])["steps"], seen)

    def test_killed_training_goes_on(self):
        """A run that is killed and resumed ends in the same model, byte for byte, as one that was left alone."""
        whole, killed = self.folder / "whole/tune", self.folder / "killed/tune"  # the name is in the model's card
        done = engine(*train_arguments(self.melodies, whole, "--epochs", "4"))
        self.assertEqual(done.returncode, 0, done.stderr)
        arguments = train_arguments(self.melodies, killed, "--epochs", "4")
        with subprocess.Popen([ENGINE, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                              env=ENVIRONMENT) as child:
            kinds = []
            for line in child.stdout:
                kinds.append(json.loads(line)["event"])
                if kinds.count("evaluation") >= 1 and kinds[-1] == "step":
                    break
            child.send_signal(signal.SIGKILL)
        self.assertNotIn("end", kinds)
        done = engine(*train_arguments(self.melodies, killed, "--epochs", "4", "--resume"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((killed / "best.safetensors").read_bytes() == (whole / "best.safetensors").read_bytes())

    def test_rubbish_is_refused(self):
        empty, rubbish = self.folder / "empty", self.folder / "rubbish"
        empty.mkdir()
        rubbish.mkdir()
        (rubbish / "letter.txt").write_text("Dear reader")
        (rubbish / "broken.mid").write_bytes(b"MThd\0\0\0\6\0\1")
        (rubbish / "noise.mid").write_bytes(bytes(range(256)) * 8)
        for folder in (empty, rubbish, self.folder / "nowhere"):
            with self.subTest(folder=folder.name):
                self.assert_refused(engine(*train_arguments(folder, self.folder / "never")), folder.name)
        self.assert_refused(engine("generate", "--model", "no-such-model", "--out", self.folder / "x.mid"),
                            "no-such-model")
        self.assert_refused(engine("generate", "--model", self.run_folder, "--seed", rubbish / "noise.mid", "--out",
                                   self.folder / "x.mid"), "noise.mid")
        self.assert_refused(engine("generate", "--model", rubbish / "letter.txt", "--out", self.folder / "x.mid"),
                            "letter.txt")
        self.assertFalse((self.folder / "x.mid").exists())

    def test_wrong_usage_has_its_own_status(self):
        self.assertEqual(engine("generate").returncode, 2)
        self.assertEqual(engine("no-such-command").returncode, 2)
        self.assertEqual(engine("train", "--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()
