"""Our Avro beside python3-avro: generated schemas, values, damaged data and grown schemas. Where the two differ, the reason stands here and in
docs/internals/schemas.md; a difference without a reason fails, and so does a reason that nothing needs any more."""
import json
import random
import re

from lib import avro_reference as reference
from lib.avro_cases import Schemas, broken
from lib.avro_pairs import Evolution
from lib.harness import check, true
from lib.probe import Probe

# A difference is told as "who: message: case"; a reason is a pattern that finds it, and why the reference is not followed.
PARSED_OTHERWISE = (
    (r"^we refuse: Invalid default", "the reference does not look at defaults of fields"),
    (r"^we refuse: Invalid field name", "the reference does not look at names of fields"),
    (r"^we refuse: (aliases|Invalid alias)", "the reference does not look at aliases"),
    (r"^we refuse: Invalid enum symbol: \"[^\"]*\.", "the reference looks for a name anywhere in a symbol, so a dot before it hides the rest"),
    (r"^we refuse: Enum has no symbols.*\"symbols\": \"", "the reference takes a text for a list of symbols"),
    (r"^we refuse: Duplicate in union", "the reference takes a named type twice in a union"),
    (r"^we refuse: Invalid or no size.*\"size\": true", "the reference takes true for 1"),
    (r"^we refuse: Invalid order: null", "the reference takes null for an order that is not given"),
    (r"^the reference refuses: .*order property [A-Z]+ is", "the order is read in any case, as in the JVM library"),
    (r"^the reference refuses: .*Enum default", "an enum's default that is no text is as good as absent, as in the JVM library"),
    (r"^the reference refuses: .*namespace property must be a string", "a namespace that is no text is as good as absent, as in the JVM library"),
    (r"^the reference refuses: .*Could not make.*\"namespace\": (null|\"\")", "the reference mixes the null namespace up with the enclosing one"),
    (r"^the reference refuses: .*\"logicalType\": [\[{]", "a logical type that is no text is just an attribute; the reference falls over it"),
)
DAMAGED_OTHERWISE = (
    (r"^we refuse: .* left over", "the reference stops at the end of the value and leaves the rest"),
    (r"^we refuse: (Enum symbol|Union branch) -", "the reference counts a negative index from the end"),
    (r"^we refuse: The byte .* is not a boolean", "the reference takes every byte but 1 for false"),
    (r"^we refuse: (.* is out of range for an int|A number is longer than 64 bits)", "the reference's numbers have no bounds"),
    (r"^we refuse: A block says", "the reference does not look at the size of a block that says it"),
)
READ_OTHERWISE = (
    (r"^we read .*'added': \{'bytes': '\u00fc'\}.*'added': b'\\xc3", "a default of bytes has one character per byte; the reference takes its UTF-8"),
    (r"^the reference refuses: InvalidDefault.*made_optional", "a union's default may be of any branch; the reference wants the first"),
)


class Differences:
    """Counts the differences that have a reason, and collects those that have none."""

    def __init__(self, reasons):
        self._used = {pattern: 0 for pattern, _ in reasons}
        self._unexplained = []

    def note(self, message, case):
        """A difference; explained if a reason's pattern finds it."""
        told = f"{message}: {case}"
        for pattern in self._used:
            if re.search(pattern, told, re.DOTALL):
                self._used[pattern] += 1
                return
        self._unexplained.append(told)

    def settle(self):
        """Fails unless every difference has its reason and every reason its difference."""
        true(not self._unexplained, f"{len(self._unexplained)} differences without a reason, the first: {self._unexplained[:1]}")
        unused = [pattern for pattern, count in self._used.items() if not count]
        true(not unused, f"reasons that no case needs: {unused}")


@check("avro oracle: 4,000 schemas accepted or refused alike")
def parsing():
    source = random.Random(41)
    texts = []
    while len(texts) < 4000:
        schema = Schemas(source).schema(3)
        texts.append(json.dumps(schema if len(texts) % 4 == 0 else broken(source, schema)))
    differences = Differences(PARSED_OTHERWISE)
    with Probe() as probe:
        answers = probe.ask_all([{"op": "parse", "schema": text} for text in texts])
    accepted = 0
    for text, answer in zip(texts, answers):
        parsed = reference.parse(text)
        refused = isinstance(parsed, Exception)
        accepted += not refused
        if refused and "error" not in answer:
            differences.note(f"the reference refuses: {parsed}", text)
        elif not refused and "error" in answer:
            differences.note(f"we refuse: {answer['error']}", text)
    true(1000 < accepted < 3500, f"{accepted} schemas accepted")
    differences.settle()


@check("avro oracle: parsing canonical form and fingerprints of 2,000 schemas")
def fingerprints():
    source = random.Random(42)
    texts = [json.dumps(Schemas(source).schema(3)) for _ in range(2000)]
    with Probe() as probe:
        forms = probe.ask_all([{"op": "fingerprinted", "schema": text} for text in texts])
        prints = probe.ask_all([{"op": "fingerprints", "schema": text} for text in texts])
    for text, form, printed in zip(texts, forms, prints):
        expected = reference.parse(text).canonical_form
        true(form.get("text") == expected, f"{text} has the form {expected}, not {form}")
        true(printed == reference.fingerprints(expected), f"{text} has the fingerprints {reference.fingerprints(expected)}, not {printed}")


def _pairs(seed, count):
    """Schemas as text and parsed, each with a value in both forms."""
    source = random.Random(seed)
    pairs = []
    while len(pairs) < count:
        schema = Schemas(source).schema(3)
        text = json.dumps(schema)
        parsed = reference.parse(_without_logical_types(text))
        try:
            value, shown = reference.Values(source).value(parsed)
        except (IndexError, RecursionError):
            continue  # a union without branches has no values
        pairs.append((text, parsed, value, shown))
    return pairs


def _without_logical_types(text):
    # On the wire they are not there; the reference would want dates and decimals as values.
    return text.replace('"logicalType"', '"x-logicalType"')


@check("avro oracle: 3,000 values encoded to the same bytes and decoded to the same values")
def data():
    pairs = _pairs(43, 3000)
    with Probe() as probe:
        encoded = probe.ask_all([{"op": "encode", "schema": text, "value": shown} for text, _, _, shown in pairs])
        expected = [reference.encode(parsed, value) for _, parsed, value, _ in pairs]
        decoded = probe.ask_all([{"op": "decode", "schema": text, "bytes": payload.hex()} for (text, *_), payload in zip(pairs, expected)])
    for (text, parsed, _, shown), payload, mine, back in zip(pairs, expected, encoded, decoded):
        true(mine.get("bytes") == payload.hex(), f"{json.dumps(shown)} of {text} is {payload.hex()}, not {mine}")
        theirs, _ = reference.decode(parsed, payload)
        true("value" in back and reference.same(parsed, back["value"], theirs), f"{payload.hex()} of {text} is {theirs}, not {back}")


@check("avro oracle: 4,000 damaged payloads")
def damage():
    source = random.Random(44)
    cases = []
    for text, parsed, value, _ in _pairs(44, 4000):
        payload = bytearray(reference.encode(parsed, value))
        for _ in range(source.randrange(1, 3)):
            if payload and source.random() < 0.7:
                payload[source.randrange(len(payload))] = source.choice([0, 1, 2, 3, 0x7F, 0x80, 0xFF, source.randrange(256)])
            elif payload and source.random() < 0.5:
                del payload[source.randrange(len(payload)):]
            else:
                payload.append(source.randrange(256))
        cases.append((text, parsed, bytes(payload)))
    differences = Differences(DAMAGED_OTHERWISE)
    with Probe() as probe:
        answers = probe.ask_all([{"op": "decode", "schema": text, "bytes": payload.hex()} for text, _, payload in cases])
    for (text, parsed, payload), answer in zip(cases, answers):
        case = f"{payload.hex()} of {text}"
        try:
            theirs, left = reference.decode(parsed, payload)
        except Exception as error:  # pylint: disable=broad-except
            if "error" not in answer:
                differences.note(f"the reference refuses: {type(error).__name__} {error}, we read {answer}", case)
            continue
        if "error" in answer:
            differences.note(f"we refuse: {answer['error']}", case)
        elif left or not reference.same(parsed, answer["value"], theirs):
            differences.note(f"we read {answer['value']}, the reference {theirs} with {left} bytes left", case)
    differences.settle()


def _evolutions(seed, count):
    """Pairs of schemas that both parse: the changes made, reader and writer as texts and parsed."""
    source = random.Random(seed)
    pairs = []
    while len(pairs) < count:
        evolution = Evolution(source)
        texts = json.dumps(evolution.reader), json.dumps(evolution.writer)
        parsed = [reference.parse(_without_logical_types(text)) for text in texts]
        if not any(isinstance(schema, Exception) for schema in parsed):
            pairs.append((evolution.changes, *texts, *parsed))
    return pairs


@check("avro oracle: 4,000 values read with a schema that grew out of the writer's")
def resolution():
    source = random.Random(45)
    cases = []
    for changes, reader, writer, reader_parsed, writer_parsed in _evolutions(45, 4000):
        try:
            value, _ = reference.Values(source).value(writer_parsed)
        except (IndexError, RecursionError):
            continue
        cases.append((changes, reader, writer, reader_parsed, writer_parsed, reference.encode(writer_parsed, value)))
    differences = Differences(READ_OTHERWISE)
    with Probe() as probe:
        answers = probe.ask_all([{"op": "resolve", "strict": False, "schema": r, "writer": w, "bytes": payload.hex()} for _, r, w, _, _, payload in cases])
    read = 0
    for (changes, reader, writer, reader_parsed, writer_parsed, payload), answer in zip(cases, answers):
        case = f"{changes} {payload.hex()} of {writer} read as {reader}"
        try:
            theirs, _ = reference.decode(writer_parsed, payload, reader_parsed)
        except Exception as error:  # pylint: disable=broad-except
            if "error" not in answer:
                differences.note(f"the reference refuses: {type(error).__name__} {error}, we read {answer}"[:500], case)
            continue
        if "error" in answer:
            differences.note(f"we refuse: {answer['error']}", case)
        elif not reference.same(reader_parsed, answer["value"], theirs):
            differences.note(f"we read {answer['value']}, the reference {theirs}", case)
        else:
            read += 1
    true(read > 3000, f"only {read} values were read by both")
    differences.settle()


@check("avro oracle: 4,000 pairs of schemas judged alike")
def compatibility():
    pairs = _evolutions(46, 4000)
    differences = Differences(())
    with Probe() as probe:
        answers = probe.ask_all([{"op": "compare", "strict": False, "schema": reader, "writer": writer} for _, reader, writer, *_ in pairs])
    compatible = 0
    for (changes, reader, writer, reader_parsed, writer_parsed), answer in zip(pairs, answers):
        theirs = reference.incompatibilities(reader_parsed, writer_parsed)
        mine = sorted(difference["type"] for difference in answer["differences"]) if "differences" in answer else answer["error"]
        compatible += not theirs
        if mine != theirs:
            differences.note(f"we say {mine}, the reference {theirs}", f"{changes} {writer} read as {reader}")
    true(1000 < compatible < 3500, f"{compatible} pairs are compatible")
    differences.settle()
