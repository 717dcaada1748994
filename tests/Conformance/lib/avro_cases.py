"""Avro schemas, broken schemas, and pairs of a writer and the reader it grew into, from a seeded source of chance."""
import copy

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
LOGICAL = (("int", "date"), ("int", "time-millis"), ("long", "timestamp-millis"), ("long", "time-micros"), ("string", "uuid"), ("bytes", "nonsense"))
SPACES = (None, None, "a", "a.b", "z.y.x")


class Schemas:
    """Makes one schema as JSON. Names are fresh per object; every schema accepts some finite value."""

    def __init__(self, random):
        self._random = random
        self._count = 0
        self._known = []  # (short name, namespace) of what is defined and closed

    def schema(self, depth=3, space=None, union=True):
        """A schema that stands where the given namespace holds."""
        choice = self._random.randrange(12 if depth > 0 else 6)
        if choice < 4:
            return self._primitive()
        if choice == 4 and self._known:
            return self._reference(space)
        if choice == 5:
            return self._named("fixed", space, size=self._random.randrange(20))
        if choice == 6:
            return self._enum(space)
        if choice == 7:
            return self._decorated({"type": "array", "items": self.schema(depth - 1, space)})
        if choice == 8:
            return self._decorated({"type": "map", "values": self.schema(depth - 1, space)})
        if choice == 9 and union:
            return self.union(depth, space)
        return self.record(depth, space)

    def record(self, depth, space=None):
        """A record, which may hold itself behind a union or an array."""
        record = self._named("record", space, closed=False)
        name, inner = self._known_as(record, space)
        record["fields"] = [self._field(i, depth, inner) for i in range(self._random.randrange(1, 5))]
        self._known.append((name, inner))
        if self._random.random() < 0.2:
            own = f"{inner}.{name}" if inner and self._random.random() < 0.5 else name
            record["fields"].append({"name": "self", "type": self._random.choice([["null", own], {"type": "array", "items": own}])})
        return self._shuffled(record)

    def union(self, depth, space=None):
        """A union of one to four branches, no two alike."""
        branches, used = [], set()
        for _ in range(self._random.randrange(1, 5)):
            known = list(self._known)
            branch = self.schema(depth - 1, space, union=False)
            key = branch if isinstance(branch, str) else branch["type"]
            if isinstance(branch, str) and branch not in PRIMITIVES:
                key = branch.rsplit(".", 1)[-1]
            elif key in ("record", "enum", "fixed"):
                key = branch["name"].rsplit(".", 1)[-1]
            if key in used:
                self._known = known
                continue
            used.add(key)
            branches.append(branch)
        return branches

    def _primitive(self):
        chance = self._random.random()
        if chance < 0.1:
            kind, logical = self._random.choice(LOGICAL)
            return {"type": kind, "logicalType": logical}
        if chance < 0.2:
            return self._decorated({"type": self._random.choice(PRIMITIVES)})
        return self._random.choice(PRIMITIVES)

    def _reference(self, space):
        name, inner = self._random.choice(self._known)
        if inner is None:
            # From inside a namespace a bare name means that namespace first; python3-avro looks no further.
            return name if space is None else self._primitive()
        return name if inner == space and self._random.random() < 0.7 else f"{inner}.{name}"

    def _enum(self, space):
        symbols = [f"S{i}" for i in range(self._random.randrange(1, 6))]
        self._random.shuffle(symbols)
        schema = self._named("enum", space, symbols=symbols)
        if self._random.random() < 0.3:
            schema["default"] = self._random.choice(symbols)
        return schema

    def _named(self, kind, space, closed=True, **members):
        self._count += 1
        name = f"T{self._count}"
        schema = {"type": kind, "name": name, **members}
        own = self._random.choice(SPACES)
        if own:
            if self._random.random() < 0.3:
                schema["name"] = f"{own}.{name}"
            else:
                schema["namespace"] = own
        if self._random.random() < 0.2:
            schema["doc"] = self._random.choice(["", "Text \u00fc \"quoted\""])
        if self._random.random() < 0.2:
            schema["aliases"] = [f"A{self._count}", f"q.B{self._count}"]
        if closed:
            self._known.append(self._known_as(schema, space))
        return self._shuffled(self._decorated(schema)) if closed else schema

    @staticmethod
    def _known_as(schema, space):
        name = schema["name"]
        if "." in name:
            return name.rsplit(".", 1)[1], name.rsplit(".", 1)[0]
        return name, schema.get("namespace", space)

    def _field(self, index, depth, space):
        field = {"name": f"f{index}", "type": self.schema(depth - 1, space)}
        if self._random.random() < 0.3:
            value = self.default(field["type"])
            if value is not NO_DEFAULT:
                field["default"] = value
        if self._random.random() < 0.1:
            field["order"] = self._random.choice(["ascending", "descending", "ignore"])
        if self._random.random() < 0.1:
            field["aliases"] = [f"old{index}"]
        if self._random.random() < 0.1:
            field["doc"] = "A field"
        return self._shuffled(field)

    def default(self, schema):
        """A default of that schema, or NO_DEFAULT where making one is not worth it."""
        if isinstance(schema, list):
            return self.default(schema[0]) if schema else NO_DEFAULT
        if isinstance(schema, dict) and schema["type"] == "enum":
            return schema["symbols"][0]
        if isinstance(schema, dict) and schema["type"] == "fixed":
            return "x" * schema["size"]
        kind = schema["type"] if isinstance(schema, dict) else schema
        values = {"null": None, "boolean": True, "int": -7, "long": 2**40, "float": 1.5, "double": 2.25, "bytes": "ab", "string": "\u00fc",
                  "array": [], "map": {}}
        return values.get(kind, NO_DEFAULT)

    def _decorated(self, schema):
        if self._random.random() < 0.15:
            schema["x-owner"] = self._random.choice(["me", 1, 2.5, None, {"b": [1], "a": "\n"}])
        return schema

    def _shuffled(self, members):
        names = list(members)
        self._random.shuffle(names)
        return {name: members[name] for name in names}


NO_DEFAULT = object()


def nodes(schema, found=None):
    """Every object and array within a schema that a change can be made to, with the schema itself first."""
    found = [] if found is None else found
    found.append(schema)
    for inner in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(inner, (dict, list)):
            nodes(inner, found)
    return found


def broken(random, schema):
    """The schema with one thing changed that mostly should not be. Whether it is refused is for the oracle to say."""
    schema = copy.deepcopy([schema])
    places = nodes(schema)
    place = random.choice(places)
    if isinstance(place, list):
        _break_list(random, place)
    else:
        _break_members(random, place)
    return schema[0] if schema else []


JUNK = (None, True, 5, -1, 2.5, "", "nonsense", "1a", "a-b", "a..b", [], {}, ["null"], {"type": "int"}, "int", "\u00fc")


def _break_list(random, place):
    choice = random.randrange(4)
    if choice == 0 and place:
        place.append(copy.deepcopy(random.choice(place)))
    elif choice == 1 and len(place) > 1:
        del place[random.randrange(len(place))]
    elif choice == 2 and place:
        place[random.randrange(len(place))] = random.choice(JUNK)
    else:
        place.append(random.choice(JUNK))


def _break_members(random, place):
    if not place:
        place["type"] = random.choice(JUNK)
        return
    name = random.choice(list(place))
    choice = random.randrange(6)
    if choice == 0:
        del place[name]
    elif choice == 1 and isinstance(place[name], str):
        place[name] += random.choice(["", "x", "-", ".", " "])
    elif choice == 2:
        place[random.choice(["default", "order", "aliases", "namespace", "size", "symbols", "doc", "name"])] = random.choice(JUNK)
    elif choice == 3 and isinstance(place[name], str):
        place[name] = place[name].upper()
    else:
        place[name] = random.choice(JUNK)
