"""The addresses in prose and reading list: their form, and with a network whether they answer.

Run as ``python -m paperclub.checks.links``; ``--online`` asks every address besides.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator

import requests
from rich.progress import track

from paperclub import paths
from paperclub.checks.spelling import pieces
from paperclub.curriculum import reading_list

ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+")
CITED = re.compile(r"https?://(?:www\.)?(arxiv\.org|doi\.org|dx\.doi\.org)(/\S*)")
ARXIV = re.compile(r"/abs/(\d{4}\.\d{4,5}|[a-z-]+/\d{7})")
DOI = re.compile(r"/10\.\d{4,9}/\S+")
PATIENCE = 20  # seconds for one address
HIDDEN = {401, 403, 405, 429}  # there, but not for programs

Place = str


def main(words: list[str]) -> int:
    """Print what is wrong; return the exit code."""
    found = addresses()
    wrong = [*faults(found), *same_address_twice()]
    if "--online" in words:
        wrong += silent(found)
    for line in wrong:
        print(line)
    print(f"{len(found)} addresses, {len(wrong)} faults.")
    return 1 if wrong else 0


def addresses() -> dict[str, list[Place]]:
    """Return every address of the course with the places where it stands."""
    found = defaultdict(list)
    for place, text in pieces(paths.ROOT):
        for address in ADDRESS.findall(text):
            found[closed(address)].append(place)
    for work in reading_list().works:
        if work.url:
            found[work.url].append(f"book/reading_list.yml, {work.id}")
    return dict(found)


def closed(address: str) -> str:
    """Return an address without the sentence's punctuation and Markdown's closing bracket."""
    address = address.rstrip(".,;:!?*]")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*]")
    return address


def faults(found: dict[str, list[Place]]) -> Iterator[str]:
    """Yield what is wrong with addresses by their form: arXiv's and DOIs have one right one."""
    for address, places in found.items():
        cited = CITED.fullmatch(address)
        if not cited:
            continue
        host, path = cited.groups()
        form = ARXIV if host == "arxiv.org" else DOI
        if not address.startswith(f"https://{host}/") or host == "dx.doi.org":
            yield f"{places[0]}: {address} should begin https://{host.removeprefix('dx.')}/"
        elif not form.fullmatch(path):
            wanted = "/abs/NUMBER, without a version" if form is ARXIV else "/10.NUMBER/NAME"
            yield f"{places[0]}: {address} should end {wanted}"


def same_address_twice() -> Iterator[str]:
    """Yield the works of the reading list that share an address."""
    works = defaultdict(list)
    for work in reading_list().works:
        if work.url:
            works[re.sub(r"^https?://(www\.)?|/$", "", work.url)].append(work.id)
    for address, ids in works.items():
        if len(ids) > 1:
            yield f"book/reading_list.yml: {' and '.join(ids)} have the same address, {address}"


def silent(found: Iterable[str]) -> list[str]:
    """Return a line for each address that does not answer."""
    with requests.Session() as session:
        session.headers["User-Agent"] = "paperclub link check"
        said = ((address, answer(session, address)) for address in track(sorted(found), "Asking"))
        return [f"{address}: {what}" for address, what in said if what]


def answer(session: requests.Session, address: str) -> str:
    """Return what is wrong with the answer of an address, or nothing."""
    try:
        with session.get(address, timeout=PATIENCE, stream=True) as got:
            fine = got.ok or got.status_code in HIDDEN
            return "" if fine else f"answers {got.status_code}"
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
