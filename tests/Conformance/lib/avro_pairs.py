"""Turns a writer's schema into a reader's: one to three changes of the kinds that schemas go through."""
import copy

from lib.avro_cases import NO_DEFAULT, PRIMITIVES, Schemas, nodes

WIDER = {"int": ("long", "float", "double"), "long": ("float", "double"), "float": ("double",)}


class Evolution:
    """One writer and what became of it; `changes` says what was done."""

    def __init__(self, random):
        self._random = random
        schemas = Schemas(random)
        self.writer = schemas.record(3) if random.random() < 0.85 else schemas.schema(3)
        box = [copy.deepcopy(self.writer)]
        self.changes = []
        for _ in range(random.choice([0, 1, 1, 1, 2, 3])):
            change = random.choice(CHANGES)
            if change(random, nodes(box)):
                self.changes.append(change.__name__)
        self.reader = box[0] if box else []


def _slots(places):
    """Where a schema stands: the holder and the key or index."""
    slots = []
    for place in places:
        if isinstance(place, dict):
            slots += [(place, key) for key in ("type", "items", "values") if key in place and not _is_kind(place, key)]
        else:
            slots += [(place, i) for i, item in enumerate(place) if isinstance(item, (dict, str)) and (isinstance(item, str) or "type" in item)]
    return [slot for slot in slots if not _in_texts(slot)]


def _is_kind(place, key):
    """Whether "type" is the word for what the schema is, not a field's schema."""
    return key == "type" and isinstance(place["type"], str) and not ("name" in place and place["type"] not in ("record", "enum", "fixed"))


def _in_texts(slot):
    holder, key = slot
    return isinstance(holder, list) and isinstance(holder[key], str) and holder[key] not in PRIMITIVES


def _pick(random, items):
    items = list(items)
    return random.choice(items) if items else None


def _of_type(places, kind):
    return [place for place in places if isinstance(place, dict) and place.get("type") == kind and "name" in place]


def widened(random, places):
    """A number becomes a wider one."""
    slot = _pick(random, (s for s in _slots(places) if isinstance(s[0][s[1]], str) and s[0][s[1]] in WIDER))
    if slot:
        slot[0][slot[1]] = random.choice(WIDER[slot[0][slot[1]]])
    return slot


def narrowed(random, places):
    """A primitive becomes another one."""
    slot = _pick(random, (s for s in _slots(places) if isinstance(s[0][s[1]], str) and s[0][s[1]] in PRIMITIVES))
    if slot:
        slot[0][slot[1]] = random.choice(PRIMITIVES)
    return slot


def string_for_bytes(random, places):
    """Text becomes bytes or the other way round."""
    slot = _pick(random, (s for s in _slots(places) if s[0][s[1]] in ("string", "bytes")))
    if slot:
        slot[0][slot[1]] = "bytes" if slot[0][slot[1]] == "string" else "string"
    return slot


def field_added(random, places):
    """A record has a field more, mostly with a default."""
    record = _pick(random, _of_type(places, "record"))
    if record:
        schemas = Schemas(random)
        kind = random.choice([random.choice(PRIMITIVES), ["string", "null"], {"type": "array", "items": "int"}, {"type": "map", "values": "long"},
                              {"type": "enum", "name": "Added", "symbols": ["A"], "default": "A"}])
        field = {"name": "added", "type": kind}
        value = schemas.default(kind)
        if random.random() < 0.7 and value is not NO_DEFAULT:
            field["default"] = value
        record["fields"].insert(random.randrange(len(record["fields"]) + 1), field)
    return record


def field_removed(random, places):
    """A record has a field less."""
    record = _pick(random, (r for r in _of_type(places, "record") if r["fields"]))
    if record:
        del record["fields"][random.randrange(len(record["fields"]))]
    return record


def fields_reordered(random, places):
    """A record's fields come in another order."""
    record = _pick(random, _of_type(places, "record"))
    if record:
        random.shuffle(record["fields"])
    return record


def field_renamed(random, places):
    """A field has another name, and mostly an alias for the old one."""
    record = _pick(random, (r for r in _of_type(places, "record") if r["fields"]))
    if record:
        field = random.choice(record["fields"])
        if random.random() < 0.7:
            field["aliases"] = [field["name"]]
        field["name"] = "renamed"
    return record


def type_renamed(random, places):
    """A type has another name, and mostly an alias for the old one."""
    named = _pick(random, (p for kind in ("record", "enum", "fixed") for p in _of_type(places, kind) if "." not in p["name"]))
    if named:
        if random.random() < 0.7:
            named["aliases"] = [named["name"]]
        named["name"] = "Renamed"
    return named


def type_moved(random, places):
    """A type is in another namespace."""
    named = _pick(random, (p for kind in ("enum", "fixed") for p in _of_type(places, kind) if "." not in p["name"]))
    if named:
        named["namespace"] = "moved.to"
    return named


def symbols_changed(random, places):
    """An enum loses or gains a symbol."""
    enum = _pick(random, _of_type(places, "enum"))
    if enum:
        if len(enum["symbols"]) > 1 and random.random() < 0.7:
            gone = enum["symbols"].pop(random.randrange(len(enum["symbols"])))
            if enum.get("default") == gone:
                enum["default"] = enum["symbols"][0]
        else:
            enum["symbols"].append("New")
    return enum


def size_changed(random, places):
    """A fixed is longer."""
    fixed = _pick(random, _of_type(places, "fixed"))
    if fixed:
        fixed["size"] += 1
    return fixed


def union_changed(random, places):
    """A union gains, loses or reorders branches."""
    union = _pick(random, (s[0][s[1]] for s in _slots(places) if isinstance(s[0][s[1]], list)))
    if union:
        choice = random.randrange(3)
        if choice == 0:
            union.insert(random.randrange(len(union) + 1), random.choice(PRIMITIVES))
        elif choice == 1:
            del union[random.randrange(len(union))]
        else:
            random.shuffle(union)
    return union


def made_optional(random, places):
    """A schema becomes a union with null."""
    slot = _pick(random, (s for s in _slots(places) if isinstance(s[0], dict) and not isinstance(s[0][s[1]], list) and s[0][s[1]] != "null"))
    if slot:
        slot[0][slot[1]] = random.choice([["null", slot[0][slot[1]]], [slot[0][slot[1]], "null"]])
    return slot


def unwrapped(random, places):
    """A union becomes one of its branches."""
    slot = _pick(random, (s for s in _slots(places) if isinstance(s[0], dict) and isinstance(s[0][s[1]], list) and s[0][s[1]]))
    if slot:
        slot[0][slot[1]] = random.choice(slot[0][slot[1]])
    return slot


CHANGES = (widened, widened, narrowed, string_for_bytes, field_added, field_added, field_removed, fields_reordered, field_renamed, type_renamed,
           type_moved, symbols_changed, size_changed, union_changed, made_optional, unwrapped)
