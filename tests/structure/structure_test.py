"""Holds the source tree to its own rules: see ARCHITECTURE.md."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS_IN_ORDER = "base music midi edit analysis tokens corpus model generate train frames engine bench audio project".split()

# What an include of another library looks like, and the folders that may have it.
RESTRICTED = {
    r"<(torch|ATen|c10|caffe2)/": ["core/train/torch", "tests/bench/libtorch_"],
    r"<(fluidsynth|sndfile|RtMidi|rtmidi/)": ["core/audio", "tests/core/audio", "tests/bench"],
    r"<sqlite3": ["core/project"],
    r"<(Q[A-Z]|Qt)": ["ui", "app/ricercar_main.cpp", "tests/ui", "tests/support/qt_", "tests/bench/window_"],
}


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".h", ".cpp")]


def includes(path):
    return re.findall(r'^\s*#\s*include\s*([<"][^>"]+)', path.read_text(), re.MULTILINE)


def tracked_files():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


class StructureTest(unittest.TestCase):
    def test_includes(self):
        wrong, seen = [], 0
        for path in sources("app", "core", "ui", "tests"):
            name = path.relative_to(ROOT).as_posix()
            for include in includes(path):
                seen += 1
                for pattern, allowed in RESTRICTED.items():
                    if re.match(pattern, include) and not name.startswith(tuple(allowed)):
                        wrong.append(f"{name} includes {include[1:]}")
                target = include[1:].split("/")
                if name.startswith("core/") and include[0] == '"':
                    own = FOLDERS_IN_ORDER.index(name.split("/")[1])
                    if target[0] != "core" or FOLDERS_IN_ORDER.index(target[1]) > own:
                        wrong.append(f"{name} includes {include[1:]}")
                if name.startswith("ui/") and target[0] == "app":
                    wrong.append(f"{name} includes {include[1:]}")
        self.assertEqual(wrong, [])
        self.assertGreater(seen, 100)

    def test_folders(self):
        """core/README.md lists the folders of core in dependency order."""
        listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "core/README.md").read_text(), re.MULTILINE)
        self.assertEqual(listed, FOLDERS_IN_ORDER)
        present = {path.relative_to(ROOT / "core").parts[0] for path in sources("core")}
        self.assertLessEqual(present, set(listed))

    def test_names(self):
        """No file knows the machine that it was written on; one script may look for a corpus beside the checkout."""
        private = re.compile("|".join(["/work" + "/", "/tmp" + "/data", r"\.\./" + "shared"]))
        corpus_script = ROOT / "tests/unpack_corpus"
        wrong = []
        for path in tracked_files():
            if path.is_file() and path != corpus_script:
                text = path.read_bytes().decode("utf-8", errors="ignore")
                wrong += [f"{path.relative_to(ROOT)}: {found}" for found in private.findall(text)]
        self.assertEqual(wrong, [])

    def test_examples(self):
        """resources/examples is what tools/make_examples.py writes."""
        bundled = ROOT / "resources/examples"
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", ROOT / "tools/make_examples.py", folder], check=True)
            written = {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}
        self.assertEqual(written, {path.name: path.read_bytes() for path in bundled.iterdir()})
        self.assertEqual(len(written), 12)


if __name__ == "__main__":
    unittest.main()
