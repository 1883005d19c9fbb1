"""The files of the working tree that checks look at."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tree_files():
    """Tracked files and new ones that git does not ignore, relative to the root, sorted.

    A tree without git (an unpacked archive) is walked, build outputs left out.
    """
    try:
        listed = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=True).stdout.decode()
        names = set(name for name in listed.split("\0") if name)
    except (OSError, subprocess.CalledProcessError):
        skip = {"build", ".git", "node_modules", "dist", "__pycache__"}
        names = set(str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
                    if not skip & set(path.relative_to(ROOT).parts))
    return sorted(pathlib.PurePosixPath(name) for name in names if (ROOT / name).is_file())


def cpp_files(*folders):
    return [path for path in tree_files()
            if path.suffix in {".cc", ".h"} and (not folders or path.parts[0] in folders)]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def report(name, problems, looked_at):
    """Prints problems and returns the exit status."""
    for problem in problems:
        print(f"{name}: {problem}")
    print(f"   {name}: {looked_at} files, {len(problems)} problems")
    return 1 if problems else 0
