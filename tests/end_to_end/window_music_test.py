#!/usr/bin/python3
"""A user's first minutes, in the real window with the real engine: picks a seed, moves the temperature, generates, plays,
and the recorded sound holds the take.

Usage: window_music_test.py RICERCAR RICERCAR_ENGINE. Skipped (exit status 77) where a tool is missing.
"""

import array
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

TOOLS = ("Xvfb", "xdotool", "dbus-run-session")
BUS_LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
missing = [tool for tool in TOOLS if not shutil.which(tool)] + [BUS_LAUNCHER] * (not os.path.exists(BUS_LAUNCHER))
try:
    import gi
    gi.require_version("Atspi", "2.0")
except (ImportError, ValueError) as error:
    missing.append(str(error))
if missing:
    print("skipped: not installed:", ", ".join(missing))
    sys.exit(77)
if "WINDOW_TEST_BUS" not in os.environ:
    # A message bus of its own: the accessibility of another desktop is none of this test's business.
    os.execvpe("dbus-run-session", ["dbus-run-session", "--", sys.executable, *sys.argv],
               os.environ | {"WINDOW_TEST_BUS": "1"})

from gi.repository import Atspi, GLib
import sound

ENGINE = sys.argv.pop()
DESKTOP = sys.argv.pop()
ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = "Lantern walk"
BARS = 4
TAKES = 3
RNG = 7
BYTES_PER_SECOND = 44100 * 2 * 2
QUIET = 30  # of 32767
PATIENCE = 120  # seconds
LISTENED = 4  # seconds; the take is longer, then it is heard again while in its rendering the last notes die away


def wait_for(what, question):
    """The first answer that is not empty. Asks again and again, as a user would look; the window's changes arrive as
    events of GLib."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        while GLib.MainContext.default().iteration(False):
            pass
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {PATIENCE} s")


def find(node, role, name):
    """The first node of that role and name below `node`, breadth first; None where there is none."""
    level = [node]
    while level:
        following = []
        for one in level:
            if one is None:
                continue
            if one.get_role() == role and one.get_name() == name:
                return one
            following += [one.get_child_at_index(index) for index in range(one.get_child_count())]
        level = following
    return None


class WindowMusicTest(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory()
        self.addCleanup(home.cleanup)
        self.home = pathlib.Path(home.name)
        self.recording = self.home / "heard.wav"
        os.environ |= {f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("DATA", "CACHE", "CONFIG")}
        os.environ |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
                       "RICERCAR_AUDIO_DRIVER": "file", "RICERCAR_AUDIO_FILE": str(self.recording)}
        read_end, write_end = os.pipe()
        self.start("Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp",
                   pass_fds=[write_end])
        os.close(write_end)
        with os.fdopen(read_end) as number:
            os.environ["DISPLAY"] = f":{number.readline().strip()}"
        self.make_model()
        self.window = self.start(DESKTOP)
        desktop = Atspi.get_desktop(0)
        self.application = wait_for("the window", lambda: find(desktop, Atspi.Role.APPLICATION, "ricercar"))

    def start(self, *command, **more):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process

    def make_model(self):
        """The bundled model, or where there is none one that has just begun to learn."""
        if list((ROOT / "resources/models").glob("*.safetensors")):
            return
        run = self.home / "run"
        subprocess.run([ENGINE, "train", ROOT / "resources/examples", "--out", run, "--preset", "tiny", "--epochs", "2"],
                       check=True, capture_output=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
        models = self.home / "data/ricercar/models"
        models.mkdir(parents=True)
        shutil.copy(run / "best.safetensors", models / "tiny.safetensors")

    def control(self, role, name):
        return wait_for(name, lambda: find(self.application, role, name))

    def click(self, node):
        box = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
        subprocess.run(["xdotool", "mousemove", str(box.x + box.width // 2), str(box.y + box.height // 2), "click", "1"],
                       check=True)

    def press(self, *keys):
        subprocess.run(["xdotool", "key", *keys], check=True)

    def stored_takes(self):
        file = self.home / "data/ricercar/library.sqlite"
        if not file.exists():
            return []
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as library:
            try:
                return library.execute("SELECT take.smf, take.name, recipe, seed.name FROM take JOIN seed ON seed.id = take.seed"
                                       " ORDER BY take.id").fetchall()
            except sqlite3.OperationalError:
                return []

    def recorded_seconds(self):
        return max(0, self.recording.stat().st_size - 44) / BYTES_PER_SECOND

    def test_first_minutes(self):
        seeds = self.control(Atspi.Role.LIST, "Seeds")
        wait_for("the examples", lambda: seeds.get_child_count() > 1)
        self.click(self.control(Atspi.Role.TEXT, "Search seeds"))
        subprocess.run(["xdotool", "type", SEED], check=True)
        wait_for(SEED, lambda: seeds.get_child_count() == 1)
        self.click(seeds.get_child_at_index(0))
        wait_for("the seed in the title", lambda: find(self.application, Atspi.Role.FRAME, f"{SEED} - Ricercar"))
        self.click(self.control(Atspi.Role.PUSH_BUTTON, "More"))
        for role, name, value in ((Atspi.Role.SLIDER, "Temperature", 60), (Atspi.Role.SPIN_BUTTON, "Bars", BARS),
                                  (Atspi.Role.SPIN_BUTTON, "Takes", TAKES), (Atspi.Role.SPIN_BUTTON, "Random seed", RNG)):
            control = self.control(role, name)
            self.assertTrue(Atspi.Value.set_current_value(control, value))
            wait_for(name, lambda: Atspi.Value.get_current_value(control) == value)
        self.click(self.control(Atspi.Role.PUSH_BUTTON, "Generate"))
        takes = wait_for("the takes", lambda: found if len(found := self.stored_takes()) == TAKES else None)
        for *_, recipe, seed_name in takes:
            self.assertIn('"temperature":0.6', recipe)
            self.assertIn(f'"rng":{RNG}', recipe)
            self.assertEqual(seed_name, SEED)
        self.hear(takes)

    def wait_for_silence(self):
        """Presses Space, which stops what plays and plays what is stopped, until nothing sounds."""
        for _ in range(5):
            recorded = self.recorded_seconds()
            wait_for("the recording", lambda: self.recorded_seconds() > recorded + 3)
            latest = array.array("h", self.recording.read_bytes()[-BYTES_PER_SECOND:])
            if max(map(abs, latest)) < QUIET:
                return
            self.press("space")
        self.fail("the window does not stop playing")

    def render(self, smf):
        """What `ricercar-engine render` makes of a take."""
        midi, wav = self.home / "take.mid", self.home / "take.wav"
        midi.write_bytes(smf)
        subprocess.run([ENGINE, "render", midi, "--out", wav], check=True, capture_output=True)
        return sound.read_mono(wav)

    def hear(self, takes):
        """Plays the second take and listens: it sounds as the engine renders it, and not as another take."""
        (other, *_), (played, name, *_) = sorted(takes, key=lambda take: take[1])[:2]  # stored as they were finished
        cards = self.control(Atspi.Role.LIST, "Take list")
        names = [cards.get_child_at_index(index).get_name() for index in range(cards.get_child_count())]
        place = next(index for index, shown in enumerate(names) if shown.startswith(name + ","))
        self.click(cards.get_child_at_index(0))
        self.press(*["Right"] * place)
        self.wait_for_silence()
        asked = self.recorded_seconds()
        self.press("Return")
        expected, rate = self.render(played)
        wait_for("the recording", lambda: self.recorded_seconds() > asked + LISTENED + 2)
        self.press("ctrl+q")
        self.window.wait(timeout=PATIENCE)

        recorded, recorded_rate = sound.read_mono(self.recording)
        heard = sound.spectrogram(recorded[round((asked - 1) * recorded_rate):], recorded_rate, LISTENED)
        self.assertGreater(sound.likeness(heard, sound.spectrogram(expected, rate)), 0.95)
        self.assertLess(sound.likeness(heard, sound.spectrogram(*self.render(other))), 0.7)


if __name__ == "__main__":
    unittest.main()
