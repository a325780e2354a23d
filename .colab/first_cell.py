"""The first cell of a chapter on Colab.

Colab opens a notebook of a GitHub repository at
    https://colab.research.google.com/github/OWNER/REPOSITORY/blob/main/chapters/attention.ipynb
and knows nothing of the library beside it. Paste all of this into a new first cell and run it.
The repository's address is not known here: set it below to the one that you opened.
Not tested on Colab; a test runs it in a clean folder. Progress goes when Colab takes the machine.
"""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = ""  # "https://github.com/OWNER/REPOSITORY"
COURSE = Path("paper-club").resolve()


def is_missing(requirement):
    """Tell whether nothing of that name is installed; what Colab brings along is left as it is."""
    try:
        importlib.metadata.version(re.split("[=<>~!]", requirement)[0])
    except importlib.metadata.PackageNotFoundError:
        return True
    return False


if not REPOSITORY:
    raise SystemExit("Set REPOSITORY in this cell to the address of the course on GitHub.")
if not COURSE.exists():
    subprocess.run(["git", "clone", "--depth=1", REPOSITORY, str(COURSE)], check=True)
lines = (COURSE / "requirements.txt").read_text("utf-8").splitlines()
wanted = [line for line in map(str.strip, lines) if line and line[0] not in "#-"]
if missing := [line for line in wanted if is_missing(line)]:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)
sys.path.insert(0, str(COURSE))
if "google.colab" in sys.modules:  # figures are widgets of other people to Colab
    from google.colab import output

    output.enable_custom_widget_manager()
