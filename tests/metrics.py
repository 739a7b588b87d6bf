#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""metrics.py check FILE...: is each a well-formed metrics file of reapd?
metrics.py used GOLDEN FILE...: does every metric of reapd that is named in the files (rules, a
dashboard) exist in GOLDEN, with the labels and the values that are asked of it?

Prints FILE:LINE: what is wrong; exit status 1 when anything is."""

import json
import re
import sys

NAME = r"reapd_[a-z0-9_]+"
LABEL = r'([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\d+(?:\.\d+)?)$")
TYPES = {"counter", "gauge", "histogram"}


class Checker:
    def __init__(self, path):
        self.path = path
        self.line = 0
        self.wrong = 0
        self.series = {}  # (name, labels) -> value
        self.families = set()
        self.family = self.type = self.help = None

    def say(self, what):
        print(f"{self.path}:{self.line}: {what}")
        self.wrong += 1

    def begin(self, kind, name, rest):
        if kind == "HELP":
            if name in self.families:
                self.say(f"{name}: a second family of this name")
            if not rest:
                self.say(f"{name}: no help")
            self.families.add(name)
            self.family, self.type, self.help = name, None, name
            return
        if self.help != name or self.type:
            self.say(f"{name}: TYPE is not behind its HELP")
        if rest not in TYPES:
            self.say(f"{name}: type {rest} is not known to node_exporter")
        if (rest == "counter") != name.endswith("_total"):
            self.say(f"{name}: a {rest}'s name")
        self.family, self.type = name, rest

    def sample(self, name, labels, value):
        names = [self.family]
        if self.type == "histogram":
            names = [self.family + end for end in ("_bucket", "_sum", "_count")]
        if not self.type or name not in names:
            self.say(f"{name}: not of the family above it")
        key = (name, tuple(sorted(labels)))
        if len({label for label, _ in labels}) < len(labels):
            self.say(f"{name}: a label twice")
        if key in self.series:
            self.say(f"{name}: the same series twice")
        self.series[key] = float(value)

    def histograms(self):
        """Buckets in order, growing, and the last equal to the count."""
        rows = {}
        for (name, labels), value in self.series.items():
            if name.endswith("_bucket"):
                plain = tuple(l for l in labels if l[0] != "le")
                rows.setdefault((name[: -len("_bucket")], plain), []).append((dict(labels)["le"], value))
        for (name, labels), buckets in rows.items():
            bounds = [float(le) for le, _ in buckets]
            counts = [n for _, n in buckets]
            if bounds != sorted(set(bounds)) or bounds[-1] != float("inf"):
                self.say(f"{name}{labels}: bounds do not grow to +Inf")
            if counts != sorted(counts):
                self.say(f"{name}{labels}: counts of buckets shrink")
            if self.series.get((name + "_count", labels)) != counts[-1]:
                self.say(f"{name}{labels}: the count is not that of all buckets")
            if (name + "_sum", labels) not in self.series:
                self.say(f"{name}{labels}: no sum")

    def run(self):
        with open(self.path, encoding="utf-8") as f:
            text = f.read()
        lines = text.split("\n")
        if lines[-2:] != ["# EOF", ""]:
            self.say("does not end with # EOF")
        for line in lines[:-2]:
            self.line += 1
            comment = re.fullmatch(rf"# (HELP|TYPE) ({NAME}) ?(.*)", line)
            sample = SAMPLE.fullmatch(line)
            if comment:
                self.begin(*comment.groups())
            elif sample:
                self.sample(sample[1], re.findall(LABEL, sample[2] or ""), sample[sample.lastindex])
            else:
                self.say(f"neither a comment nor a sample: {line}")
        self.histograms()
        empty = {f for f in self.families if not any(n.startswith(f) for n, _ in self.series)}
        for name in sorted(empty):
            self.say(f"{name}: no series")
        return self.wrong


def expressions(path):
    """(line, text) of what may name metrics."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if path.endswith(".json"):
        json.loads(text)
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.replace('\\"', '"')


def used(golden, paths):
    checker = Checker(golden)
    wrong = checker.run()
    series = [(name, dict(labels)) for name, labels in checker.series]
    for path in paths:
        found = 0
        for number, line in expressions(path):
            for name, _, wanted in re.findall(rf"\b({NAME})\b(\{{([^}}]*)\}})?", line):
                found += 1
                rows = [labels for other, labels in series if other == name]
                if not rows:
                    print(f"{path}:{number}: there is no metric {name}")
                    wrong += 1
                for label, op, value in re.findall(r'([a-z_]+)(=~|!~|!=|=)"([^"]*)"', wanted):
                    for one in value.split("|") if "~" in op else [value]:
                        if one.startswith("$") or any(r.get(label) == one for r in rows):
                            continue
                        if not rows or label in ("instance", "job"):
                            continue
                        print(f'{path}:{number}: {name} has no {label}="{one}"')
                        wrong += 1
        if not found:
            print(f"{path}:1: names no metric of reapd")
            wrong += 1
    return wrong


def main(args):
    if len(args) >= 2 and args[0] == "check":
        return sum(Checker(path).run() for path in args[1:])
    if len(args) >= 3 and args[0] == "used":
        return used(args[1], args[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 2))
