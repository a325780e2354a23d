"""The course's two commands: `python course.py start` and `python course.py test`.

This file needs nothing but Python. It sees to it that the folder `.venv` beside it holds the
packages that the lock files name, then hands every argument to the course's own command line there.
"""

# An old Python must get far enough to be refused in one sentence: this file keeps to the syntax of
# Python 3.6, and what it imports of the course is imported after that refusal.

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)

HELP = """A year of paper-club weeks that run.

  python course.py start    open the course in your browser
  python course.py test     run every check (--quick: without the slow ones)
  python course.py --help   every command

The first command also sets the course up: it fetches some packages (about 2 GB on disk) into the
folder .venv beside this file.
"""


def main(arguments):
    """Set the course up if that is needed, then run the command; return the exit code."""
    if sys.version_info[:2] < OLDEST:
        print(too_old(sys.version_info), file=sys.stderr)
        return 2
    if not arguments:
        print(HELP, end="")
        return 0

    sys.path.insert(0, str(ROOT))
    from paperclub.bootstrap.environment import Environment
    from paperclub.bootstrap.setup import set_up_alone
    from paperclub.errors import CourseError

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a letter that the terminal lacks stops nothing
    environment = Environment(ROOT, for_tests=arguments[0] == "test")
    try:
        if environment.what_is_wrong():
            if arguments[0] in ("-h", "--help"):
                print(HELP, end="")
                return 0
            set_up_alone(environment)
    except CourseError as error:
        print(f"course.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ncourse.py: interrupted; the same command starts again.", file=sys.stderr)
        return 130
    return hand_over(environment.python, arguments)


def too_old(version):
    """Return the sentence that refuses an old Python."""
    return (
        "course.py: this is Python {}.{}, and the course needs Python {}.{} or newer; install it "
        "from python.org and run the command with it.".format(*version[:2], *OLDEST)
    )


def hand_over(python, arguments):
    """Run the course's command line with the environment's Python; return its exit code."""
    command = [str(python), "-P", "-m", "paperclub.cli", *arguments]
    # Paths and notebooks are UTF-8 on every system, also for the kernels that are started below,
    # and whatever a machine's own settings say.
    os.environ["PYTHONUTF8"] = "1"
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C has reached the command too; how it ends is for the command to say.
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
