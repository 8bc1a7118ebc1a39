#!/usr/bin/python3
"""`ricercar-engine render` from outside: formats, errors, and what is left on the disk.

Usage: sound_render_test.py RICERCAR_ENGINE [TEST...]. Skipped (exit status 77) without a sound font.
"""

import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "resources/examples/Lantern walk.mid"
ENGINE = sys.argv.pop(1)


def long_song():
    """A MIDI file of one note that lasts two hours: 979200 ticks, 68 to a quarter of half a second."""
    track = bytes([0, 0x90, 60, 64, 0xBB, 0xE2, 0x00, 0x80, 60, 0, 0, 0xFF, 0x2F, 0])
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 68) + b"MTrk" + struct.pack(">I", len(track)) + track


class Render(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def render(self, *arguments, **environment):
        return subprocess.run([ENGINE, "render", *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, **environment}, timeout=300)

    def assert_one_line(self, done, *parts):
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)
        self.assertEqual(list(self.folder.glob("*.wav")) + list(self.folder.glob(".*")), [])

    def test_every_format_is_what_its_name_says(self):
        for name, magic in (("a.wav", b"RIFF"), ("a.flac", b"fLaC"), ("a.ogg", b"OggS")):
            done = self.render(EXAMPLE, "--out", self.folder / name)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual((self.folder / name).read_bytes()[:4], magic)
        with wave.open(str(self.folder / "a.wav")) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels(), sound.getsampwidth()), (48000, 2, 2))
            self.assertGreater(sound.getnframes(), 5 * 48000)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["a.flac", "a.ogg", "a.wav"])

    def test_faults_are_told_in_one_line(self):
        out = self.folder / "a.wav"
        text = self.folder / "text.mid"
        text.write_text("not music")
        self.assert_one_line(self.render(self.folder / "none.mid", "--out", out), "none.mid", "No such file")
        self.assert_one_line(self.render(text, "--out", out), "text.mid", "not a MIDI file")
        self.assert_one_line(self.render(EXAMPLE, "--out", self.folder / "a.mp3"), "a.mp3", ".wav, .flac or .ogg")
        self.assert_one_line(self.render(EXAMPLE, "--out", self.folder / "no/a.wav"), "no/a.wav", "cannot be written")
        self.assert_one_line(self.render(EXAMPLE, "--out", out, "--soundfont", text), "text.mid", "not a sound font")
        self.assert_one_line(self.render(EXAMPLE, "--out", out, RICERCAR_SOUNDFONT="/none.sf2"), "/none.sf2")
        self.assertEqual(self.render().returncode, 2)

    def test_a_full_disk_is_named(self):
        for name in ("a.wav", "a.flac", "a.ogg"):
            for blocks in (0, 20):  # of 512 bytes, that a file may have
                limited = ["sh", "-c", f"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"", "sh"]
                done = subprocess.run([*limited, ENGINE, "render", EXAMPLE, "--out", self.folder / name],
                                      capture_output=True, text=True, timeout=300)
                self.assert_one_line(done, f"{self.folder / name}: cannot be written: File too large")

    def test_warnings_of_the_midi_file_are_shown(self):
        cut = self.folder / "cut.mid"
        cut.write_bytes(EXAMPLE.read_bytes()[:-4])
        done = self.render(cut, "--out", self.folder / "a.wav")
        self.assertEqual(done.returncode, 0)
        self.assertIn("cut.mid: byte ", done.stderr)

    def test_interrupted_render_leaves_nothing(self):
        song = self.folder / "long.mid"
        song.write_bytes(long_song())
        process = subprocess.Popen([ENGINE, "render", str(song), "--out", str(self.folder / "a.wav")],
                                   stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not list(self.folder.glob(".a.wav*")):
            pass
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
        self.assertEqual((process.returncode, error), (1, "stopped\n"))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["long.mid"])


def sound_font_is_installed():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([ENGINE, "render", EXAMPLE, "--out", folder + "/a.wav"], capture_output=True, text=True)
        return "no sound font is installed" not in done.stderr


if __name__ == "__main__":
    if not sound_font_is_installed():
        print("skipped: no sound font is installed")
        sys.exit(77)
    unittest.main()
