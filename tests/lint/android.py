#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""android.py: reads packaging/android/Android.bp and prints what is wrong with it.

Blueprint is parsed as far as this file uses it (modules, maps, lists, strings, +). Every file it names is
there; reapd and reapctl are of the same sources as those that make links; the version is the tree's.
"""
import glob
import os
import re
import subprocess
import sys

BP = "packaging/android/Android.bp"
TOKEN = re.compile(r'\s+|//[^\n]*|("(?:\\.|[^"\\])*")|([A-Za-z_][A-Za-z0-9_]*)|([{}\[\]:,+])')


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            m = TOKEN.match(text, at)
            if not m:
                raise SyntaxError(f"line {text.count(chr(10), 0, at) + 1}: {text[at:at + 20]!r}")
            if m.lastindex:
                self.tokens.append((m.group(), text.count("\n", 0, at) + 1))
            at = m.end()

    def take(self, want=None):
        token, line = self.tokens.pop(0)
        if want and token != want:
            raise SyntaxError(f"line {line}: '{token}' where '{want}' was expected")
        return token

    def peek(self):
        return self.tokens[0][0] if self.tokens else None

    def value(self):
        v = self.simple()
        while self.peek() == "+":
            self.take()
            v += self.simple()
        return v

    def simple(self):
        if self.peek() == "{":
            return self.map()
        if self.peek() != "[":
            token = self.take()
            if token in ("true", "false"):
                return token == "true"
            if not token.startswith('"'):
                raise SyntaxError(f"'{token}' is no value")
            return token[1:-1].replace('\\"', '"')
        self.take("[")
        items = []
        while self.peek() != "]":
            items.append(self.value())
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return items

    def map(self):
        self.take("{")
        result = {}
        while self.peek() != "}":
            key = self.take()
            self.take(":")
            if key in result:
                raise SyntaxError(f"'{key}' twice")
            result[key] = self.value()
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        return result

    def modules(self):
        found = []
        while self.tokens:
            found.append((self.take(), self.map()))
        return found


def files(names):
    """What these names and globs stand for; a glob without a match is a mistake."""
    found = set()
    for name in names:
        matches = glob.glob(name, recursive=True)
        if not matches:
            print(f"{BP}:1: no such file: {name}")
        found.update(os.path.normpath(m) for m in matches)
    return found


def made(program, build):
    """The C sources that make compiles for a program."""
    out = subprocess.run(["make", "-nB", "V=1", f"{build}/{program}"], stdout=subprocess.PIPE,
                         env=dict(os.environ, MAKEFLAGS=""), check=True, text=True).stdout
    return set(re.findall(r" -c (\S+(?<!\.bpf)\.c)\b", out))


def check():
    with open(BP, encoding="utf-8") as f:
        text = f.read()
    try:
        modules = Parser(text).modules()
    except (SyntaxError, IndexError) as e:
        print(f"{BP}:1: {e}")
        return
    named = {m.get("name"): m for _, m in modules}
    for kind, m in modules:
        for key in ("srcs", "exclude_srcs", "tool_files", "init_rc", "license_text", "local_include_dirs"):
            m[key] = files(m.get(key, []))
        if "src" in m:
            files([m["src"]])
        for name in m.get("defaults", []) + m.get("generated_headers", []):
            if name not in named:
                print(f"{BP}:1: {m['name']} wants {name}, which is not there")
        if kind == "cc_binary":
            here = m["srcs"] - m["exclude_srcs"]
            there = made(m["name"], os.path.relpath(os.environ["REAPD_BUILD"]))
            for name in sorted(here ^ there):
                print(f"{BP}:1: {m['name']}: only in {'this file' if name in here else 'the Makefile'}: {name}")
    with open("VERSION", encoding="utf-8") as f:
        if f'-DREAPD_VERSION="{f.read().strip()}"' not in named["reapd_defaults"]["cflags"]:
            print(f"{BP}:1: not the version in VERSION")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    check()
