using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// Turns binary messages into JSON straight from the bytes. Each message is scanned before it is written: when its fields come in order of
/// number, each in one piece, as all serialisers write them, they are written as they are read; otherwise they are gathered and sorted first.
/// </summary>
internal ref partial struct JsonDecoder
{
    /// <summary>JSON writers refuse longer values, with exceptions of their own.</summary>
    private const int LongestValue = 100_000_000;

    private readonly ProtobufCodec _codec;
    private readonly Utf8JsonWriter _output;
    private readonly bool _plain;
    private WireReader _in;
    private PooledStack<Occurrence> _occurrences;
    private PooledStack<Piece> _pieces;
    private PooledStack<MapEntry> _entries;
    private PooledStack<MapKey> _keys;

    public JsonDecoder(ProtobufCodec codec, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        _codec = codec;
        _output = output;
        _plain = form == JsonForm.Plain;
        // The writer has a limit of its own (1000 unless somebody set it) and would throw something else.
        var writerDepth = (output.Options.MaxDepth == 0 ? 1000 : output.Options.MaxDepth) - output.CurrentDepth;
        _in = new WireReader(payload, budget, Math.Min(budget.MaxDepth, writerDepth));
    }

    /// <summary>
    /// The data was written with other types: fields with another wire type than theirs are unknown fields instead of faults, and strings
    /// that were bytes once need not be text.
    /// </summary>
    public bool ReadsOtherVersion { get; init; }

    /// <summary>Any, Timestamp and their like are written as the messages they are.</summary>
    public bool IgnoresWellKnownForms { get; init; }

    public ProtoMessage ReadType(ProtoFile file) => MessageIndexes.Read(ref _in, file);

    public void Decode(MessagePlan plan) => Message(plan, new Body(_in.Position, _in.End));

    public void Return()
    {
        _occurrences.Return();
        _pieces.Return();
        _entries.Return();
        _keys.Return();
    }

    /// <summary>Writes one message as a JSON value. The reader stands where it stood.</summary>
    private void Message(MessagePlan plan, Body body)
    {
        var (position, end) = (_in.Position, _in.End);
        _in.Enter();
        if (plan.Form == WellKnownForm.None || IgnoresWellKnownForms)
        {
            _output.WriteStartObject();
            Members(plan, body);
            _output.WriteEndObject();
        }
        else
        {
            WellKnown(plan, body);
        }
        _in.Leave();
        (_in.Position, _in.End) = (position, end);
    }

    /// <summary>Writes a message's fields as members of the object already begun.</summary>
    private void Members(MessagePlan plan, Body body)
    {
        if (body.Count == 0)
        {
            (_in.Position, _in.End) = (body.Start, body.End);
            if (IsInOrder(plan, body))
            {
                _in.Position = body.Start;
                Stream(plan);
                return;
            }
        }
        Gather(plan, body);
    }

    /// <summary>Whether known fields come in order, each in one run, and no oneof is set twice. Requires what is required on the way.</summary>
    private bool IsInOrder(MessagePlan plan, Body body)
    {
        var last = -1;
        ulong oneOfs = 0;
        var required = 0;
        if (plan.OneOfs > 64) return false;
        while (!_in.AtEnd)
        {
            if (NextKnown(plan, out var tag) is not { } field) continue;
            if (field.Index <= last && !(field.Index == last && field.IsRepeated)) return false;
            last = field.Index;
            if (field.OneOf >= 0)
            {
                if ((oneOfs & (1UL << field.OneOf)) != 0) return false;
                oneOfs |= 1UL << field.OneOf;
            }
            if (field.IsRequired) required++;
            _in.Skip(tag);
        }
        if (required < plan.Required.Length) throw Missing(plan, body);
        return true;
    }

    private void Stream(MessagePlan plan)
    {
        while (!_in.AtEnd)
        {
            if (NextKnown(plan, out var tag) is not { } field) continue;
            if (field.IsRepeated) Run(plan, field, tag);
            else Singular(field, tag);
        }
    }

    private void Singular(FieldPlan field, uint tag)
    {
        if (field.OmitsZero && IsZero(field))
        {
            _in.Skip(tag);
            return;
        }
        _in.Names.Take(field.JsonName.EncodedUtf8Bytes.Length);
        _output.WritePropertyName(field.JsonName);
        Value(field, tag & 7);
    }

    /// <summary>A repeated field whose first tag was read, up to the next known field.</summary>
    private void Run(MessagePlan plan, FieldPlan field, uint tag)
    {
        var begun = false;
        var entries = _entries.Count;
        while (true)
        {
            if (field.IsMap) PushEntry(field);
            else Elements(field, tag & 7, ref begun);

            var before = _in.Position;
            FieldPlan? next = null;
            while (!_in.AtEnd && (next = NextKnown(plan, out tag)) is null) before = _in.Position;
            if (next == field) continue;
            _in.Position = before;
            break;
        }
        if (field.IsMap) WriteEntries(field, entries);
        else EndElements(begun);
    }

    /// <summary>
    /// Reads a tag and gives the field it belongs to; the value is next. Null when it was an unknown field, or a closed enum's field with a
    /// number the enum does not have, which counts as one; the value has been passed over then.
    /// </summary>
    private FieldPlan? NextKnown(MessagePlan plan, out uint tag)
    {
        _in.Step();
        (_in.Message, _in.Field) = (plan, null);
        var start = _in.Position;
        tag = _in.ReadTag();
        var field = plan.Find(tag >> 3);
        if (field is null || !Takes(field, tag & 7, start))
        {
            _in.Skip(tag);
            return null;
        }
        _in.Field = field;
        if (field.Enum is not { IsClosed: true } || (tag & 7) != WireType.Varint) return field;
        var value = _in.Position;
        if (!field.Enum.Knows((int)_in.ReadVarint())) return null;
        _in.Position = value;
        return field;
    }

    private readonly bool Takes(FieldPlan field, uint wireType, int start)
    {
        if (wireType == field.WireType) return true;
        if (wireType == WireType.Length && field.IsPackable) return true;
        // A message may stand behind its length or between tags, whichever is declared; map entries are always behind their length.
        if (field.Kind == ProtoKind.Message && !field.IsMap && wireType is WireType.Length or WireType.GroupStart) return true;
        if (ReadsOtherVersion) return false;
        throw _in.Fault(
            $"field {field} is {WireType.NameOf(field.WireType)}, but here is {WireType.NameOf(wireType)}", start);
    }

    /// <summary>The contents of a message value; the reader stands behind it afterwards.</summary>
    private Body ReadBody(FieldPlan field, uint wireType)
    {
        if (wireType == WireType.Length)
        {
            var length = _in.ReadLength();
            _in.Position += length;
            return new Body(_in.Position - length, _in.Position);
        }
        var start = _in.Position;
        return new Body(start, _in.SkipGroup((uint)field.Number));
    }

    private SchemaDataException Missing(MessagePlan plan, Body body)
    {
        var present = new HashSet<FieldPlan>();
        for (var i = 0; i < PiecesOf(body); i++)
        {
            Open(body, i);
            while (!_in.AtEnd)
            {
                if (NextKnown(plan, out var tag) is not { } field) continue;
                present.Add(field);
                _in.Skip(tag);
            }
        }
        var missing = plan.Required.First(field => !present.Contains(field));
        return new SchemaDataException(
            $"At byte {_in.End}: message {plan.Message.FullName} ends without its required field {missing.Field.Name} ({missing.Number})");
    }

    private static int PiecesOf(Body body) => Math.Max(1, body.Count);

    /// <summary>Puts the reader at the start of one of the pieces.</summary>
    private void Open(Body body, int piece)
    {
        var range = body.Count == 0 ? new Piece(body.Start, body.End) : _pieces[body.First + piece];
        (_in.Position, _in.End) = (range.Start, range.End);
    }
}

/// <summary>Where a message's contents are: from one offset to another, or in several pieces that belong together.</summary>
/// <param name="Start">First byte, when it is in one piece.</param>
/// <param name="End">Byte behind the last.</param>
/// <param name="First">Index of the first piece.</param>
/// <param name="Count">How many pieces; 0 when there is just the range itself.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Body(int Start, int End, int First = 0, int Count = 0);

/// <summary>One of the pieces of a message that came in several.</summary>
internal readonly record struct Piece(int Start, int End);
