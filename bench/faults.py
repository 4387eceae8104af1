"""Claim: `fother issue` may be killed at any moment, and every fault gets one clear sentence.

Kills: `fother issue` of 60 copies of the sample with two workers is killed (-9) at 20 random moments and
resumed; after each kill nothing is lost, doubled, unregistered or damaged and no worker goes on, and the
finished work has the bytes of an uninterrupted run. Faults: every case of tests/e2e/fault_cases.py. Large
documents: time and memory of registering, and of tracing one leaked page, by number of pages.
Run: python bench/faults.py [kills] [pages of the large document, 0 for none]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "crash"), str(ROOT / "tests" / "e2e")]

import fault_cases  # noqa: E402
import fault_files  # noqa: E402
import issue_kills  # noqa: E402

COPIES, WORKERS, SEED = 60, 2, 2026


def kills(folder: Path, count: int) -> bool:
    scene = issue_kills.set_up(folder / "scene", COPIES, WORKERS)
    print(f"\nKill -9 of issuing {COPIES} copies ({scene.seconds:.1f} s uninterrupted), {WORKERS} workers")
    print("  kill  after     files  issued  wrong")
    done: list[issue_kills.Kill] = []

    def tell(kill: issue_kills.Kill) -> None:
        done.append(kill)
        wrong = "; ".join(kill.wrong) or "nothing"
        print(
            f"  {len(done):4d}  {kill.after:5.2f} s  {kill.files:6d}  {kill.issued:6d}  {wrong}", flush=True
        )

    killed, wrong = issue_kills.kill_until(scene, folder, count, SEED, tell)
    good = not wrong and not any(kill.wrong for kill in killed)
    verdict = (
        "; ".join(wrong) or "all whole, with the bytes of the uninterrupted run; no worker outlived a kill"
    )
    print(f"  Resumed to the end: {verdict}.")
    return good


def faults(folder: Path) -> bool:
    world = fault_cases.World.make(folder, fault_cases.in_this_process)
    print("\nFault                          status  verdict  what is said")
    good = True
    for case in fault_cases.CASES:
        if case.stranger and os.geteuid() != 0:
            continue
        if case.small and not fault_cases.can_mount(folder / "mount"):
            continue
        outcome = fault_cases.meet(case, world)
        verdict = "ok" if not outcome.wrong else "NOT OK"
        said = outcome.sentence.replace(f"{folder}/", "")[:160]
        print(f"{case.name:30} {outcome.status:6d}  {verdict:7}  {said}", flush=True)
        for fault in outcome.wrong:
            print(f"{'':30} {'':6}           ! {fault}")
        good &= not outcome.wrong
    return good


def large(folder: Path, pages: int) -> bool:
    """Register `pages` pages, issue two copies, trace page 1 of one of them as a file of its own."""
    folder.mkdir()
    original, people, leak = folder / "large.pdf", folder / "people.csv", folder / "leak.pdf"
    original.write_bytes(fault_files.many_pages(pages))
    people.write_text(fault_files.people(2))
    home, out = folder / "home", folder / "out"
    print(f"\n{pages:,} pages, {original.stat().st_size >> 10:,} KB")
    good = measured("register", "register", original, "--home", home)
    good &= measured("issue 2 copies", "issue", "large", "--to", people, "--out", out, "--home", home)
    with pikepdf.open(min(out.glob("C-*.pdf"))) as pdf, pikepdf.new() as single:
        single.pages.append(pdf.pages[pages // 2])
        single.save(leak)
    return good & measured("trace one page of a file", "trace", leak, "--home", home)


#: Run by a small process of its own: the kernel counts a parent's memory among that of what it starts.
_WATCH = """
import json, resource, subprocess, sys, time
started = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = [time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
print(json.dumps([code, *spent]))
"""


def measured(name: str, *words: str | Path) -> bool:
    """Run a command of Fother and print what it took."""
    watch = [sys.executable, "-c", _WATCH, *issue_kills.command(*words, "--quiet", "--json")]
    said = subprocess.run(watch, stdout=subprocess.PIPE, text=True, check=True).stdout
    code, elapsed, processor, memory = json.loads(said)
    print(
        f"  {name:26} status {code}  {elapsed:7.1f} s  {processor:7.1f} s of CPU  {memory:6.0f} MB at most",
        flush=True,
    )
    return bool(code == 0)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    folder = Path(tempfile.mkdtemp(prefix="fother-faults-"))
    folder.chmod(0o755)  # one case runs as nobody
    try:
        good = faults(folder / "faults")
        good &= kills(folder / "kills", count) if count else True
        good &= large(folder / "large", pages) if pages else True
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\nAll as claimed." if good else "\nNOT as claimed.")
    sys.exit(not good)


if __name__ == "__main__":
    main()
