"""Benchmarks: ``python -m tests.bench import|window`` prints ratios, each measured in one run."""

from __future__ import annotations

import argparse

from tests.bench.importing import run_import_benchmark


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("what", choices=["import", "window"])
    parser.add_argument("--rounds", type=int, default=3, help="alternating runs per figure")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large file")
    parser.add_argument(
        "--only",
        default="",
        help="one part: large, replace, small, match, store, node; start, emits, gaps, paint",
    )
    options = parser.parse_args()
    if options.what == "window":
        from tests.bench.window import run_window_benchmark

        run_window_benchmark(options.rounds, options.rows, options.only)
    else:
        run_import_benchmark(options.rounds, options.rows, options.only)


if __name__ == "__main__":
    main()
