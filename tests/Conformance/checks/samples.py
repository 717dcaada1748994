"""The .http samples, replayed request by request against a node: a sample that fails teaches the wrong thing."""
import glob
import json
import os
import re
import urllib.error
import urllib.request

from lib.harness import add_check, equal, true
from lib.server import Gateway


def requests_of(text, addresses):
    """The file's requests as (name, request); variables are replaced, those that hold a door's address by the node's own."""
    variables = dict(re.findall(r"^@(\w+) = (.+)$", text, re.MULTILINE)) | addresses
    filled = re.sub(r"\{\{(\w+)\}\}", lambda match: variables[match[1]], text)
    for part in re.split(r"^###.*$", filled, flags=re.MULTILINE)[1:]:
        name = re.search(r"^# @name (\w+)$", part, re.MULTILINE)
        yield name and name[1], re.sub(r"^# @name .*\n", "", part, flags=re.MULTILINE).strip()


def parse(request, answers):
    """Method, URL, headers and body of a request, with what it takes from the named answers before it."""
    def taken(match):
        headers, body = answers[match[1]]
        if match[2] == "headers":
            return headers[match[3]]
        value = json.loads(body)
        for member, index in re.findall(r"(\w+)|\[(\d+)\]", match[3].removeprefix("$.")):
            value = value[member] if member else value[int(index)]
        return value

    head, _, body = re.sub(r"\{\{(\w+)\.response\.(headers|body)\.([^}]+)\}\}", taken, request).partition("\n\n")
    lines = head.splitlines()
    method, url = lines[0].split(" ", 1)
    return method, url, dict(line.split(": ", 1) for line in lines[1:]), body.strip()


def replay(path):
    node = Gateway().start()
    try:
        with open(path, encoding="utf-8") as file:
            samples = list(requests_of(file.read(), {"registry": node.registry, "proxy": node.proxy, "admin": node.admin}))
        true(len(samples) >= 4, f"{path} has requests")
        answers = {}
        for name, sample in samples:
            method, url, headers, body = parse(sample, answers)
            request = urllib.request.Request(url, data=body.encode() if body else None, method=method, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    status, text = answer.status, answer.read().decode()
                    answers[name] = answer.headers, text
            except urllib.error.HTTPError as error:
                status, text = error.code, error.read().decode()
            equal(True, 200 <= status < 300, f"{method} {url} answered {status} {text[:200]}; it")
            # A produce answers 200 even when a record of it was refused.
            refused = re.search(r'"error_code":(?!null|200\b)', text)
            true(not refused, f"{method} {url}: no record is refused: {text[:200]}")
    finally:
        node.kill()


for sample in sorted(glob.glob("http-samples/*.http")):
    add_check(f"samples: every request of {os.path.basename(sample)} succeeds", replay, sample)
