using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Maps. A key that comes again keeps its place and takes the later value.</summary>
internal ref partial struct JsonDecoder
{
    /// <summary>Reads a map entry up to where its key and value are. An entry with an unknown number of a closed enum is none.</summary>
    private void PushEntry(FieldPlan map)
    {
        var (position, end) = (_in.Position, _in.End);
        var body = ReadBody(map, WireType.Length);
        var after = _in.Position;
        var plan = map.Message;
        var entry = new MapEntry { Start = body.Start, End = body.End };
        var key = new MapKey { Length = plan.Fields[0].Kind == ProtoKind.String ? 0 : -1 };
        Open(body, 0);
        var isKnown = true;
        while (!_in.AtEnd)
        {
            var start = _in.Position;
            if (NextKnown(plan, out var tag) is not { } field)
            {
                isKnown &= tag >> 3 != 2 || !IsClosedEnum(plan.Fields[1], tag);
                continue;
            }
            if (field.Index == 0)
            {
                ReadKey(field, ref key);
                continue;
            }
            isKnown = true;
            entry.ValueAt = _in.Position;
            entry.WireType = tag & 7;
            entry.Values++;
            _in.Skip(tag);
        }
        (_in.Position, _in.End) = (after, end);
        (_in.Message, _in.Field) = (map.Message, map);
        if (!isKnown) return;
        _entries.Push(entry);
        _keys.Push(key);
    }

    private static bool IsClosedEnum(FieldPlan field, uint tag) => field.Enum is { IsClosed: true } && (tag & 7) == WireType.Varint;

    private void ReadKey(FieldPlan field, ref MapKey key)
    {
        if (field.Kind == ProtoKind.String)
        {
            var text = _in.ReadBytes();
            CheckText(field, text);
            key.At = _in.Position - text.Length;
            key.Length = text.Length;
            return;
        }
        key.Number = field.Kind switch
        {
            ProtoKind.Int64 or ProtoKind.UInt64 => _in.ReadVarint(),
            ProtoKind.Int32 => (ulong)(int)_in.ReadVarint(),
            ProtoKind.UInt32 => (uint)_in.ReadVarint(),
            ProtoKind.SInt32 => (ulong)ZigZag((uint)_in.ReadVarint()),
            ProtoKind.SInt64 => (ulong)ZigZag(_in.ReadVarint()),
            ProtoKind.Fixed32 => _in.ReadFixed32(),
            ProtoKind.SFixed32 => (ulong)(int)_in.ReadFixed32(),
            ProtoKind.Fixed64 or ProtoKind.SFixed64 => _in.ReadFixed64(),
            _ => _in.ReadVarint() == 0 ? 0UL : 1,
        };
    }

    /// <summary>Writes the entries pushed since then, and forgets them.</summary>
    private void WriteEntries(FieldPlan map, int first)
    {
        if (_entries.Count == first) return;
        _output.WritePropertyName(map.JsonName);
        WriteEntriesObject(map, first);
    }

    private void WriteEntriesObject(FieldPlan map, int first)
    {
        _in.Enter();
        _output.WriteStartObject();
        var count = _entries.Count - first;
        if (MapKeys.FindRepeats(_in.Bytes, _keys.From(first)))
        {
            for (var i = 0; i < count; i++)
            {
                var place = _keys[first + i].First;
                if (place != i) _entries[first + place] = _entries[first + i];
            }
        }
        var plan = map.Message;
        for (var i = 0; i < count; i++)
        {
            if (_keys[first + i].First != i) continue;
            WriteKey(plan.Fields[0], _keys[first + i]);
            WriteEntryValue(plan, _entries[first + i]);
        }
        _output.WriteEndObject();
        _in.Leave();
        _entries.CutTo(first);
        _keys.CutTo(first);
    }

    private void WriteEntryValue(MessagePlan plan, MapEntry entry)
    {
        var field = plan.Fields[1];
        var (position, end) = (_in.Position, _in.End);
        (_in.Message, _in.Field) = (plan, field);
        if (entry.Values == 0)
        {
            WriteDefault(field);
        }
        else if (entry.Values == 1 || field.Kind != ProtoKind.Message)
        {
            (_in.Position, _in.End) = (entry.ValueAt, entry.End);
            Value(field, entry.WireType);
        }
        else
        {
            MergeEntryValues(plan, field, entry);
        }
        (_in.Position, _in.End) = (position, end);
    }

    /// <summary>An entry whose message value comes several times holds all of them merged.</summary>
    private void MergeEntryValues(MessagePlan plan, FieldPlan field, MapEntry entry)
    {
        var pieces = _pieces.Count;
        (_in.Position, _in.End) = (entry.Start, entry.End);
        while (!_in.AtEnd)
        {
            if (NextKnown(plan, out var tag) is not { } found) continue;
            if (found == field)
            {
                var body = ReadBody(field, tag & 7);
                _pieces.Push(new Piece(body.Start, body.End));
                continue;
            }
            _in.Skip(tag);
        }
        Message(field.Message, new Body(0, 0, pieces, _pieces.Count - pieces));
        _pieces.CutTo(pieces);
    }

    private readonly void WriteKey(FieldPlan field, MapKey key)
    {
        if (field.Kind == ProtoKind.String)
        {
            _output.WritePropertyName(_in.Bytes.Slice(key.At, key.Length));
            return;
        }
        if (field.Kind == ProtoKind.Bool)
        {
            _output.WritePropertyName(key.Number == 0 ? "false"u8 : "true"u8);
            return;
        }
        Span<byte> digits = stackalloc byte[20];
        int length;
        if (field.Kind is ProtoKind.UInt64 or ProtoKind.Fixed64) Utf8Formatter.TryFormat(key.Number, digits, out length);
        else Utf8Formatter.TryFormat((long)key.Number, digits, out length);
        _output.WritePropertyName(digits[..length]);
    }

    /// <summary>Where an entry and its value are.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct MapEntry
    {
        public int Start;
        public int End;
        public int ValueAt;
        public int Values;
        public uint WireType;
    }
}
