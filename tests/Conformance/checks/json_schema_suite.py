"""The public JSON Schema test cases, every draft, through the schema library's own door."""
import glob
import json
import os

from lib.harness import add_check, equal, true
from lib.probe import Probe

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
_UNPACKED = os.path.join(_ROOT, "artifacts", "json-schema-test-suite")
_INSIDE = "usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"
_SUITE = os.path.join(_UNPACKED, _INSIDE)
# Where the cases believe the texts in remotes/ to stand. Nothing is served there: they are given as references.
_REMOTES = "http://localhost:1234/"

# Draft, its meta-schema, and how many required cases there were when this was written: fewer means they were not found.
DRAFTS = {
    "draft4": ("http://json-schema.org/draft-04/schema#", 578),
    "draft6": ("http://json-schema.org/draft-06/schema#", 777),
    "draft7": ("http://json-schema.org/draft-07/schema#", 861),
    "draft2019-09": ("https://json-schema.org/draft/2019-09/schema", 1176),
    "draft2020-12": ("https://json-schema.org/draft/2020-12/schema", 1176),
}

# Required cases that are known to go another way: {(draft, file, group, case): reason}. Whatever else fails is a fault, and so is
# whatever stands here and passes.
ARGUED = {}

# Files of optional cases that ask for what is not done, with the reason.
NOT_DONE = {
    "format": "format and content keywords are annotations, as every draft has it unless told otherwise",
    "content.json": "the same",
    "format-assertion.json": "the same: the vocabulary format-assertion is not acted on",
}


def _load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _remotes(draft):
    """All texts of the draft and of none; texts of other drafts too, since cases refer across."""
    references = []
    for path in sorted(glob.glob(os.path.join(_SUITE, "remotes", "**", "*.json"), recursive=True)):
        name = os.path.relpath(path, os.path.join(_SUITE, "remotes"))
        if name.startswith("draft-next/"):
            continue
        with open(path, encoding="utf-8") as file:
            references.append({"name": _REMOTES + name, "text": file.read()})
    return references


def _groups(draft, pattern):
    for path in sorted(glob.glob(os.path.join(_SUITE, "tests", draft, pattern), recursive=True)):
        for group in _load(path):
            yield os.path.relpath(path, os.path.join(_SUITE, "tests", draft)), group


def _run(draft, pattern):
    """Every case with the answer: (file, group, case) -> None when right, else what was said."""
    meta_schema = DRAFTS[draft][0]
    remotes = _remotes(draft)
    requests, cases = [], []
    for file, group in _groups(draft, pattern):
        schema = group["schema"]
        # The cases of the older drafts leave it to whoever runs them which draft they are of.
        if isinstance(schema, dict) and "$schema" not in schema:
            schema = {"$schema": meta_schema, **schema}
        text = json.dumps(schema)
        references = remotes if "localhost:1234" in text else []
        requests.append({
            "op": "instances", "type": "JSON", "schema": text, "references": references,
            "instances": [case["data"] for case in group["tests"]],
        })
        cases.append((file, group))
    with Probe() as probe:
        answers = probe.ask_all(requests)
    results = {}
    for (file, group), answer in zip(cases, answers):
        for at, case in enumerate(group["tests"]):
            said = answer.get("error") or answer["results"][at]
            right = "error" not in answer and (said is True) == case["valid"]
            results[file, group["description"], case["description"]] = None if right else f"valid is {case['valid']}, said {said}"
    return results


def required(draft):
    results = _run(draft, "*.json")
    true(len(results) >= DRAFTS[draft][1] * 0.98, f"{len(results)} cases found below {_SUITE}, {DRAFTS[draft][1]} expected")
    wrong = {case: said for case, said in results.items() if said is not None}
    true(len(wrong) <= 0.02 * len(results), f"{len(wrong)} of {len(results)} go wrong: {list(wrong.items())[:20]}")
    argued = sorted(case[1:] for case in ARGUED if case[0] == draft)
    equal(argued, sorted(wrong), f"the cases that go another way ({[wrong[case] for case in wrong][:5]})")
    print(f"     {draft}: {len(results) - len(wrong)} of {len(results)} required cases", flush=True)


def optional(draft):
    """Reported, not demanded, but for what would be a surprise."""
    results = _run(draft, "optional/**/*.json")
    wrong = {case: said for case, said in results.items() if said is not None}
    surprising = [(case, said) for case, said in wrong.items() if not set(case[0].split("/")) & set(NOT_DONE)]
    print(f"     {draft}: {len(results) - len(wrong)} of {len(results)} optional cases; "
          f"wrong for other reasons than formats: {surprising[:5] or 'none'}", flush=True)


for _draft in DRAFTS:
    add_check(f"json schema: the required cases of {_draft}", required, _draft)
    add_check(f"json schema: the optional cases of {_draft}", optional, _draft)
