"""Sentences of the import in the words of a window: advice about options becomes plain advice.

The parts below services speak to both a command line and a window; only the options differ.
"""

from __future__ import annotations

import re

_ADVICE = (
    (r"Or make it free in each region with --others free\.", "Or tick Others is free."),
    (r"in WhatsApp cards only: --others has", "in WhatsApp cards only: the choice has"),
    (r"choose it with --decimal , or --decimal \.", "choose it."),
    (r" with --decimal \. or ,\.?", "."),
    (r" with --date-order dmy or mdy", ""),
    (r" with --mode merge \(they stay\), replace \(they go\) or replace-listed \([^)]*\)", ""),
    (r"replace this branch with --mode replace", "replace this branch (mode Replace)"),
    (r"--mode replace makes", "Replace makes"),
    (r"--mode merge keeps", "Merge keeps"),
    (r"; answer it in the decisions file \(--decisions FILE\.csv\)", ""),
    (r"or say --currency (\w+) if", r"or choose the currency \1 if"),
    (r' with --where "[^"]*"', ""),
    (r"with --where (\w+)=(\w+)", r"with a filter on column \1"),
    (r"or say with --duplicates first or last which row counts", "or say which row counts"),
    (r"choose with --column \w+=price(?: or --column \w+=price)*", "choose one"),
    (r" \(choose one\)| \(choose this one with --column \w+=price\)", ""),
    (r"with --effective (\S+)", r"with \1 as the effective date"),
    (r"with --skip-errors", "(tick the box)"),
    (r"with --duplicates", "under Duplicates"),
    (r"Declare its columns with --column, e\.g\. .*", "Declare its columns."),
    (r"declare one with --column COL=price", "declare one"),
    (r'name the node with --node, e\.g\. --node "[^"]*"', "choose the node"),
    (r"choose another --kind, or name the node with --node", "choose another kind or node"),
    (r"with --node or another role", "or another role"),
    (r"leave out --node", "choose no node"),
    (r"named with --node", "chosen"),
    (r"--node: ", ""),
    (r'--node "', '"'),
    (r"give it with --(?:password-file|delimiter)", "give it"),
    (r"(give (?:the right|another) one) with --[a-z-]+", r"\1"),
    (r"read the file without quotation marks \(--no-quotes\)", "read it without quotation marks"),
    (r"a scope of their own \(scope add, then --scope\)", "a scope of their own"),
    (r'--currency "', 'The currency "'),
    (r"--set (\w+)=(\w+):", r"Level \1 = \2:"),
    (r"--column \"([^\"]*)\":", r'Column "\1":'),
)
_RULES = tuple((re.compile(pattern), words) for pattern, words in _ADVICE)
_REST = (
    (re.compile(r" \(--[^)]*\)"), ""),
    (re.compile(r",? with --[a-z]+(?:-[a-z]+)*(?= |[.,;:]|$)"), ""),
    (re.compile(r"--([a-z]+(?:-[a-z]+)*)"), r"\1"),
)


def window_sentence(text: str) -> str:
    """Return a problem of a file as a whole sentence without names of command-line options."""
    said = in_window_words(text)
    return said if said.endswith((".", "…")) else f"{said}."


def in_window_words(text: str) -> str:
    """Return a sentence without names of command-line options."""
    if "--" not in text:
        return text
    said = text
    for pattern, words in (*_RULES, *_REST):
        said = pattern.sub(words, said)
    return said[:1].upper() + said[1:] if text.startswith("--") else said
