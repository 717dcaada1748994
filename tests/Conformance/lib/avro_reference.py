"""python3-avro as the reference, with the few places mended where it is known to be wrong (each says how)."""
import hashlib
import io
import struct
import warnings

import avro.compatibility
import avro.io
import avro.schema

warnings.simplefilter("ignore")  # it warns of every logical type it does not know, which is no matter here


# Mended: the specification has primitives in their simple form however they were written; attributes made it print an object.
avro.schema.PrimitiveSchema.to_canonical_json = lambda self, names=None: self.type


def _named_once(original):
    def to_canonical_json(self, names=None):
        names = names if names is not None else avro.schema.Names()
        if self.fullname in names.names:
            return self.fullname
        names.names[self.fullname] = self
        shown = original(self, names)
        shown["name"] = self.fullname
        return shown

    return to_canonical_json


def _record(self, names):
    shown = self.canonical_properties
    shown["fields"] = [field.to_canonical_json(names) for field in self.fields]
    return shown


# Mended: a named type is written out once and by its full name afterwards; it repeats a fixed in full, and refers to records and enums by the
# name as it was written, which may lack the namespace.
avro.schema.RecordSchema.to_canonical_json = _named_once(_record)
avro.schema.FixedSchema.to_canonical_json = _named_once(lambda self, names: self.canonical_properties)
avro.schema.EnumSchema.to_canonical_json = _named_once(lambda self, names: self.canonical_properties)

# Mended: resolution of arrays and maps is that of what they hold; it wanted the very same type there.
avro.schema.ArraySchema.match = lambda self, writer: writer.type == "array"
avro.schema.MapSchema.match = lambda self, writer: writer.type == "map"
# Mended: text is read as bytes and bytes as text (a promotion that came later than its code).
_primitive_match = avro.schema.PrimitiveSchema.match
avro.schema.PrimitiveSchema.match = lambda self, writer: {self.type, writer.type} == {"string", "bytes"} or _primitive_match(self, writer)
# Mended: names agree without their namespaces, which is what the specification and the JVM library say, and the reader's aliases count.
_names_agree = lambda self, writer: self.type == writer.type and avro.compatibility.schema_name_equals(self, writer)
avro.schema.RecordSchema.match = _names_agree
avro.schema.EnumSchema.match = _names_agree
avro.schema.FixedSchema.match = lambda self, writer: _names_agree(self, writer) and self.size == writer.size


def _short_names_agree(reader, writer):
    aliases = reader.props.get("aliases") or ()
    space = reader.fullname.rpartition(".")[0]
    full = [alias if "." in alias or not space else f"{space}.{alias}" for alias in aliases]
    return reader.fullname.rpartition(".")[2] == writer.fullname.rpartition(".")[2] or writer.fullname in full


avro.compatibility.schema_name_equals = _short_names_agree


class Tagged:
    """A union's value together with the branch that is meant: left to itself the reference takes true for an int."""

    def __init__(self, branch, value):
        self.branch = branch
        self.value = value


class _Reader(avro.io.DatumReader):
    # Mended: a union is also read by a reader that is none, branch by branch.
    def read_data(self, writers_schema, readers_schema, decoder):
        if writers_schema.type == "union" and readers_schema.type != "union":
            return self.read_data(writers_schema.schemas[decoder.read_long()], readers_schema, decoder)
        return super().read_data(writers_schema, readers_schema, decoder)

    # Mended: an enum's default stands in for symbols the reader does not know, and fields are found by the reader's aliases.
    def read_enum(self, writers_schema, readers_schema, decoder):
        index = decoder.read_int()
        symbol = writers_schema.symbols[index]
        if symbol in readers_schema.symbols:
            return symbol
        if "default" in readers_schema.props:
            return readers_schema.props["default"]
        raise avro.errors.SchemaResolutionException(f"no symbol {symbol}", writers_schema, readers_schema)

    def read_record(self, writers_schema, readers_schema, decoder):
        found = {}
        for field in readers_schema.fields:
            match = avro.compatibility.lookup_writer_field(writer_schema=writers_schema, reader_field=field)
            if match is not None:
                found[match.name] = field
        record = {}
        for field in writers_schema.fields:
            if field.name in found:
                target = found[field.name]
                record[target.name] = self.read_data(field.type, target.type, decoder)
            else:
                self.skip_data(field.type, decoder)
        for field in readers_schema.fields:
            if field.name in record:
                continue
            if not field.has_default:
                raise avro.errors.SchemaResolutionException(f"no field {field.name}", writers_schema, readers_schema)
            record[field.name] = self._read_default_value(field.type, field.default)
        return record


class _Writer(avro.io.DatumWriter):
    def write_union(self, writers_schema, datum, encoder):
        encoder.write_long(datum.branch)
        self.write_data(writers_schema.schemas[datum.branch], datum.value, encoder)


def parse(text):
    """The schema, or the exception that says why not. It lets many kinds of exception out for texts that make no sense."""
    try:
        return avro.schema.parse(text)
    except RecursionError:
        raise
    except Exception as error:  # pylint: disable=broad-except
        return error


def encode(schema, value):
    """Binary data of a value made by Values."""
    output = io.BytesIO()
    _Writer(schema).write_data(schema, value, avro.io.BinaryEncoder(output))
    return output.getvalue()


def decode(writer, payload, reader=None):
    """The value and how many bytes were left over."""
    source = io.BytesIO(payload)
    value = _Reader(writer, reader or writer).read(avro.io.BinaryDecoder(source))
    return value, len(payload) - source.tell()


def incompatibilities(reader, writer):
    """The kinds of what keeps the reader from reading the writer, in capitals and sorted."""
    found = avro.compatibility.ReaderWriterCompatibilityChecker().get_compatibility(reader, writer)
    return sorted(kind.value.upper() for kind in found.incompatibilities)


def fingerprints(form):
    """CRC-64-AVRO, MD5 and SHA-256 of a canonical form, in hexadecimal. The first is not in this release, so it is here."""
    crc = 0xC15D213AA4D7A795
    for byte in form.encode():
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xC15D213AA4D7A795 if crc & 1 else 0)
    return {"crc64": f"{crc:016x}", "md5": hashlib.md5(form.encode()).hexdigest(), "sha256": hashlib.sha256(form.encode()).hexdigest()}


class Values:
    """Random values of a parsed schema: as the reference takes them, and as Avro's JSON encoding has them."""

    def __init__(self, random):
        self._random = random

    def value(self, schema, depth=6):
        """A pair of both forms."""
        kind = schema.type
        if kind in ("record", "error"):
            pairs = [(field.name, self.value(field.type, depth - 1)) for field in schema.fields]
            return {name: pair[0] for name, pair in pairs}, {name: pair[1] for name, pair in pairs}
        if kind == "array":
            pairs = [self.value(schema.items, depth - 1) for _ in range(self._size(depth))]
            return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if kind == "map":
            pairs = [(f"k\u00fc{i}", self.value(schema.values, depth - 1)) for i in range(self._size(depth))]
            return {name: pair[0] for name, pair in pairs}, {name: pair[1] for name, pair in pairs}
        if kind == "union":
            return self._branch(schema, depth)
        return self._scalar(schema, kind)

    def _size(self, depth):
        return self._random.randrange(4) if depth > 0 else 0

    def _branch(self, schema, depth):
        branches = range(len(schema.schemas))
        index = self._random.choice(branches)
        if depth <= 0:
            index = next((i for i in branches if schema.schemas[i].type in ("null", "int", "string")), index)
        branch = schema.schemas[index]
        value, shown = self.value(branch, depth - 1)
        return Tagged(index, value), None if branch.type == "null" else {branch_name(branch): shown}

    def _scalar(self, schema, kind):
        random = self._random
        if kind == "null":
            value = None
        elif kind == "boolean":
            value = random.random() < 0.5
        elif kind == "int":
            value = random.choice([0, -1, 2**31 - 1, -(2**31), random.randrange(-(2**31), 2**31) >> random.randrange(32)])
        elif kind == "long":
            value = random.choice([0, -1, 2**63 - 1, -(2**63), random.randrange(-(2**63), 2**63) >> random.randrange(64)])
        elif kind == "float":
            value = struct.unpack("<f", struct.pack("<f", random.choice([0.0, -0.0, 0.1, 1e-40, 3e38, random.gauss(0, 1e6)])))[0]
        elif kind == "double":
            value = random.choice([0.0, -0.0, 0.1, 5e-324, 1.7e308, random.gauss(0, 1e6), random.gauss(0, 1e-9)])
        elif kind == "enum":
            value = random.choice(schema.symbols)
        elif kind == "string":
            value = random.choice(["", "text", "\u00fc \U0001f600 \u0000 \"\\", "x" * random.randrange(200)])
        else:
            value = random.randbytes(schema.size if kind == "fixed" else random.randrange(20))
        return value, value.decode("latin-1") if isinstance(value, bytes) else value


def branch_name(schema):
    """What Avro's JSON encoding calls a branch."""
    return schema.fullname if schema.type in ("record", "error", "enum", "fixed") else schema.type


def same(schema, mine, theirs):
    """Whether a value in Avro's JSON encoding is the value the reference decoded to (where unions carry no tag)."""
    kind = schema.type
    if kind in ("record", "error"):
        return isinstance(mine, dict) and list(mine) == [f.name for f in schema.fields] and all(
            field.name in theirs and same(field.type, mine[field.name], theirs[field.name]) for field in schema.fields)
    if kind == "array":
        return isinstance(mine, list) and len(mine) == len(theirs) and all(same(schema.items, a, b) for a, b in zip(mine, theirs))
    if kind == "map":
        return isinstance(mine, dict) and mine.keys() == theirs.keys() and all(same(schema.values, mine[key], theirs[key]) for key in mine)
    if kind == "union":
        if mine is None:
            return theirs is None and any(branch.type == "null" for branch in schema.schemas)
        tag, inner = next(iter(mine.items()))
        return any(branch_name(branch) == tag and same(branch, inner, theirs) for branch in schema.schemas)
    if kind in ("float", "double"):
        layout = "<f" if kind == "float" else "<d"
        if theirs != theirs:  # JSON has one NaN, however many there are
            return mine == "NaN"
        return struct.pack(layout, float(mine)) == struct.pack(layout, float(theirs))
    if kind in ("bytes", "fixed"):
        return mine.encode("latin-1") == (theirs.encode() if isinstance(theirs, str) else theirs)
    if kind == "string" and isinstance(theirs, bytes):
        return mine == theirs.decode("utf-8", "replace")
    return type(mine) is type(theirs) and mine == theirs
