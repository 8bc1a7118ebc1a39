#!/usr/bin/python3
"""The engine's commands from outside, with the bundled model: what they compose, and how they refuse.

Usage: engine_command_test.py RICERCAR_ENGINE [TEST...]. Skipped (exit status 77) without python3-mido.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import mido
except ImportError:
    print("skipped: python3-mido is not installed")
    sys.exit(77)

ENGINE = sys.argv.pop(1)
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import smf


def meters(path):
    return {(message.numerator, message.denominator)
            for track in mido.MidiFile(path).tracks for message in track if message.type == "time_signature"}


def note_count(path):
    return sum(message.type == "note_on" and message.velocity > 0
               for track in mido.MidiFile(path).tracks for message in track)


class EngineCommandTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def engine(self, *arguments, cwd=None, **environment):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")} | environment
        return subprocess.run([ENGINE, *map(str, arguments)], capture_output=True, text=True, env=environment, cwd=cwd)

    def write_seed(self, name, meter, notes, quarters):
        path = self.folder / name
        path.write_bytes(smf.file([smf.conductor(name, 100, meter, 0, False, smf.ticks(quarters)),
                                   smf.instrument("Piano", 0, 0, notes, smf.ticks(quarters))]))
        return path

    def generate(self, *more):
        out = self.folder / "takes"
        done = self.engine("generate", "--out", out, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return sorted(out.iterdir()), done

    def test_from_nothing_a_take_keeps_one_common_metre(self):
        takes, _ = self.generate("--takes", 24, "--bars", 2, "--rng", 11)
        for take in takes:
            self.assertEqual(len(meters(take)), 1)
            self.assertIn(meters(take).pop(), {(2, 4), (3, 4), (4, 4), (2, 2), (3, 8), (6, 8), (9, 8), (12, 8)})

    def test_no_seed_makes_a_take_silent(self):
        silence = self.write_seed("silence.mid", (4, 4), [], 16)
        ends_silent = self.write_seed("ends silent.mid", (4, 4), [(0, 1, 60, 80), (1, 1, 64, 80)], 40)
        for seed in (silence, ends_silent):
            takes, _ = self.generate("--seed", seed, "--takes", 8, "--bars", 2, "--rng", 1)
            self.assertEqual(len(takes), 8)
            for take in takes:
                self.assertGreater(note_count(take), 0)

    def test_only_notes_of_the_key_and_the_range(self):
        seed = self.write_seed("seed.mid", (4, 4), [(beat, 1, 60 + 2 * beat, 80) for beat in range(4)], 4)
        takes, _ = self.generate("--seed", seed, "--takes", 2, "--bars", 4, "--rng", 1, "--temperature", 1.4,
                                 "--key", "D minor", "--lowest", "C3", "--highest", 72, "--ending")
        for take in takes:
            played = [message.note for track in mido.MidiFile(take).tracks for message in track
                      if message.type == "note_on" and message.velocity > 0 and message.channel != 9]
            self.assertTrue(played)
            self.assertLessEqual({pitch % 12 for pitch in played}, {2, 4, 5, 7, 9, 10, 0, 1})
            self.assertGreaterEqual(min(played), 48)
            self.assertLessEqual(max(played), 72)

    def test_a_metre_that_cannot_be_written_is_said(self):
        seed = self.write_seed("long.mid", (255, 1), [(0, 1, 60, 80), (1, 1, 64, 80)], 8)
        (take,), done = self.generate("--seed", seed, "--bars", 1, "--rng", 1)
        self.assertEqual(done.stderr, "in 8/4, because the model cannot write bars of 255/1\n")
        self.assertEqual(meters(take), {(8, 4)})

    def test_wrong_usage_is_one_line_that_names_option_value_and_range(self):
        for option, value, limits in [("bars", 100000, "1 to 256"), ("takes", 0, "1 to 64"), ("temperature", 0, "0.05 to 2"),
                                      ("temperature", "nan", "0.05 to 2"), ("top-p", 0, "above 0 and at most 1"),
                                      ("min-p", 2, "0 to 1"), ("key", "H major", "\"D minor\""), ("lowest", "C99", "0 to 127"),
                                      ("highest", "X", "0 to 127"),
                                      ("rng", -5, "0 to 9007199254740991"),
                                      ("rng", 99999999999999999999, "0 to 9007199254740991")]:
            with self.subTest(option=option, value=value):
                done = self.engine("generate", f"--{option}={value}", "--out", self.folder / "x.mid")
                self.assertEqual(done.returncode, 2)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                for word in (f"--{option}", str(value), limits):
                    self.assertIn(word, done.stderr)
        for words in (("scan", ""), ("train", "", "--out", "r"), ("generate", "--out", ""), ("bogus",)):
            with self.subTest(words=words):
                done = self.engine(*words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("\"bogus\"", done.stderr)
        for words, said in [(("--takes", 5), "--takes is for --protocol music"),
                            (("--protocol", "music", "--temperature", 0.8, 3), "temperature is 3"),
                            (("--protocol", "music", "--bars", 0), "bars is 0"),
                            (("--protocol", "music", "--takes", 0, "--from-nothing", 0), "are both 0")]:
            with self.subTest(words=words):
                done = self.engine("evaluate", "--model", "default", self.folder, *words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(said, done.stderr)
        done = self.engine("generate", "--out", self.folder / "x.txt")
        self.assertEqual(done.returncode, 2)
        self.assertIn("x.txt", done.stderr)
        seed = ROOT / "resources/examples/Clockwork.mid"
        for words, said in [(("--fill", "1-2"), "--fill needs --seed"), (("--add", "flute"), "--add needs --seed"),
                            (("--key", "seed"), "--key seed needs --seed"),
                            (("--seed", seed, "--fill", "1-2", "--ending"), "--ending does not go with --fill"),
                            (("--seed", seed, "--add", "flute", "--ending"), "--ending does not go with --add")]:
            with self.subTest(words=words):
                done = self.engine("generate", *words, "--out", self.folder / "x.mid")
                self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 1), done.stderr)
                self.assertIn(said, done.stderr)
        done = self.engine("train", self.folder, "--preset", "frames", "--out", self.folder / "run")
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
        self.assertIn("a JSON file", done.stderr)
        for word in ("nan", "-1"):
            self.assertEqual(self.engine("scan", self.folder, "--max-minutes", word).returncode, 2)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_folder_may_have_a_dot_in_its_name(self):
        for name in ("takes-0.9", "takes", "mine.x/takes.8"):
            done = self.engine("generate", "--bars", 1, "--rng", 1, "--out", self.folder / name)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((self.folder / name / "take-1.mid").is_file())
        done = self.engine("generate", "--bars", 1, "--rng", 1, "--out", self.folder / "mine.x")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "mine.x/take-1.mid").is_file())

    def test_a_pipe_is_no_file(self):
        pipe = self.folder / "pipe.mid"
        os.mkfifo(pipe)
        for words in (("scan", pipe), ("analyze", pipe), ("generate", "--seed", pipe, "--out", self.folder / "x.mid")):
            with self.subTest(words=words):
                done = self.engine(*words)
                self.assertEqual(done.returncode, 1)
                self.assertIn("it is no file", done.stderr + done.stdout)

    def test_scan_needs_no_cache(self):
        music = self.folder / "music"
        music.mkdir()
        self.write_seed("music/tune.mid", (4, 4), [(beat, 1, 60 + beat, 80) for beat in range(12)], 12)
        done = self.engine("scan", music, XDG_CACHE_HOME="/proc")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("nothing is kept", done.stdout)
        self.assertRegex(done.stdout, r"accepted +1 ")
        self.assertEqual(self.engine("train", music, "--out", self.folder / "run", XDG_CACHE_HOME="/proc").returncode, 1)

    def test_scan_prints_tokens(self):
        music = self.folder / "music"
        music.mkdir()
        self.write_seed("music/tune.mid", (4, 4), [(beat, 1, 60 + beat, 80) for beat in range(8)], 8)
        done = self.engine("scan", music, "--tokens")
        self.assertEqual(done.returncode, 0, done.stderr)
        names, piece = map(json.loads, done.stdout.splitlines())
        self.assertEqual((names["vocabulary"], piece["path"]), ("house-2", "tune.mid"))
        words = [names["texts"][token] for token in piece["tokens"]]
        self.assertEqual((words[0], words[1], words[-1]), ("Start", "Bar 4/4", "End"))
        self.assertEqual([word for word in words if word.startswith("Pitch ")],
                         [f"Pitch {name}4" for name in ("C", "C#", "D", "D#", "E", "F", "F#", "G")])
        done = self.engine("scan", music, "--tokens", XDG_CACHE_HOME="/proc")
        self.assertEqual((done.returncode, done.stdout), (1, ""))

    def test_a_shard_is_learnt_from_in_its_folders_place(self):
        (self.folder / "music").mkdir()
        for step in range(1, 7):
            self.write_seed(f"music/{step}.mid", (4, 4), [(beat, 1, 60 + beat * step % 12, 80) for beat in range(40)], 40)
        done = self.engine("scan", self.folder / "music", "--shard", self.folder / "music.bin")
        self.assertEqual(done.returncode, 2)
        self.assertIn("has to end in .shard", done.stderr)
        done = self.engine("scan", self.folder / "music", "--shard", self.folder / "shards/music.shard")
        self.assertEqual(done.returncode, 0, done.stderr)
        for music in "music", "shards":
            done = self.engine("train", self.folder / music, "--out", self.folder / f"run of {music}", "--preset", "tiny",
                               "--epochs", 1, XDG_CACHE_HOME=str(self.folder / f"cache of {music}"))
            self.assertEqual(done.returncode, 0, done.stderr)
        configs = [json.loads((self.folder / f"run of {music}/config.json").read_text()) for music in ("music", "shards")]
        self.assertEqual(configs[0]["music"], configs[1]["music"])
        self.assertFalse((self.folder / "cache of shards").exists())

    def test_rare_metres_and_filled_bars_are_no_heaps_of_notes(self):
        """What the grammar forbids must not keep the model from what it stands for: the end of a bar, above all."""
        highest = []
        for task in (("--bars", 4), ("--fill", "2-3")):
            seed = ROOT / "resources/examples/Crooked stair.mid"  # in 5/4
            takes, _ = self.generate("--seed", seed, "--takes", 6, "--rng", 3, *task)
            for take in takes:
                notes = [message.note for track in mido.MidiFile(take).tracks for message in track
                         if message.type == "note_on" and message.velocity > 0 and message.channel != 9]
                highest.append(max(notes))
                self.assertLess(len(notes), 60 * 4, take)
        self.assertLess(sorted(highest)[-2], 115, "one take of twelve may go astray")

    def test_a_run_goes_on_from_another_directory(self):
        for folder, step in (("music", 5), ("held", 7), ("elsewhere", 3)):
            (self.folder / folder).mkdir()
            notes = [(beat, 1, 60 + beat * step % 12, 80) for beat in range(28)]
            self.write_seed(f"{folder}/tune.mid", (4, 4), notes, 28)

        def train(folder, cwd, *more):
            done = self.engine("train", f"{folder}music/", "--valid", f"{folder}held", "--out", f"{folder}run",
                               "--preset", "tiny", "--epochs", 1, *more, cwd=cwd)
            self.assertEqual(done.returncode, 0, done.stderr)

        train("", self.folder)
        train("../", self.folder / "elsewhere", "--resume")
        config = json.loads((self.folder / "run/config.json").read_text())
        self.assertEqual([config["folder"], config["valid"]], [str(self.folder / "music"), str(self.folder / "held")])

    def test_frames_are_learnt_and_judged(self):
        data = self.folder / "rolls.json"
        tune = [[48 + step % 8, 60, 64 + step % 4] for step in range(64)]
        data.write_text(json.dumps({"train": [tune] * 3, "valid": [tune[::-1]], "test": [tune[:9], [[60]]]}))
        run = self.folder / "run"
        done = self.engine("train", data, "--preset", "frames", "--out", run, "--epochs", 1, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        trained = json.loads(done.stdout)
        self.assertEqual(trained["validFrames"], 63)

        def judged(*more):
            done = self.engine("evaluate", "--model", run, data, "--protocol", "frames", "--json", *more)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)

        self.assertEqual(judged("--split", "valid")["natsPerFrame"], trained["validNatsPerFrame"])
        test = judged()
        self.assertEqual(test["frames"], 8)
        self.assertLess(test["natsPerFrame"], trained["validNatsPerFrame"])
        for wrong in (["--minutes", 1], ["--resume"], ["--base", run]):
            done = self.engine("train", data, "--preset", "frames", "--out", self.folder / "other", *wrong)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{wrong[0]} does not go with --preset frames", done.stderr)
        for data, model, what in ((run, run, "run"), (data, "default", "no model of frames")):
            done = self.engine("evaluate", "--model", model, data, "--protocol", "frames")
            self.assertEqual(done.returncode, 1)
            self.assertIn(what, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
