using System.Text;
using System.Text.Unicode;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The messages of google.protobuf that JSON has forms of its own for.</summary>
internal ref partial struct JsonDecoder
{
    private void WellKnown(MessagePlan plan, Body body)
    {
        var start = _in.Position;
        switch (plan.Form)
        {
            case WellKnownForm.Any:
                Any(plan, body);
                break;
            case WellKnownForm.Timestamp:
            case WellKnownForm.Duration:
                SecondsAndNanos(plan, body);
                break;
            case WellKnownForm.FieldMask:
                FieldMask(plan, body);
                break;
            case WellKnownForm.Struct:
                Struct(plan, body);
                break;
            case WellKnownForm.Value:
                StructValue(plan, body);
                break;
            case WellKnownForm.ListValue:
                ListValue(plan, body);
                break;
            default:
                var last = LastOf(plan, body, plan.Find(1)!);
                if (last.At < 0) WriteDefault(plan.Find(1)!);
                else Value(plan.Find(1)!, last.WireType);
                break;
        }
    }

    /// <summary>Puts the reader at the last value of a field; the offset is negative when there is none.</summary>
    private (int At, uint WireType) LastOf(MessagePlan plan, Body body, FieldPlan field)
    {
        var (at, end, wireType) = (-1, 0, 0u);
        for (var i = 0; i < PiecesOf(body); i++)
        {
            Open(body, i);
            while (!_in.AtEnd)
            {
                if (NextKnown(plan, out var tag) is not { } found) continue;
                if (found == field) (at, end, wireType) = (_in.Position, _in.End, tag & 7);
                _in.Skip(tag);
            }
        }
        if (at >= 0) (_in.Position, _in.End) = (at, end);
        (_in.Message, _in.Field) = (plan, field);
        return (at, wireType);
    }

    private void SecondsAndNanos(MessagePlan plan, Body body)
    {
        var offset = body.Count == 0 ? body.Start : _pieces[body.First].Start;
        var seconds = LastOf(plan, body, plan.Find(1)!).At < 0 ? 0 : (long)_in.ReadVarint();
        var nanos = LastOf(plan, body, plan.Find(2)!).At < 0 ? 0 : (int)_in.ReadVarint();
        Span<byte> text = stackalloc byte[TimeText.MaxLength];
        var isTimestamp = plan.Form == WellKnownForm.Timestamp;
        if (!(isTimestamp ? TimeText.IsTimestamp(seconds, nanos) : TimeText.IsDuration(seconds, nanos)))
        {
            _in.Field = null;
            throw _in.Fault($"{seconds} s and {nanos} ns are out of range and have no JSON form", offset);
        }
        var length = isTimestamp ? TimeText.WriteTimestamp(text, seconds, nanos) : TimeText.WriteDuration(text, seconds, nanos);
        _output.WriteStringValue(text[..length]);
    }

    private void FieldMask(MessagePlan plan, Body body)
    {
        var field = plan.Find(1)!;
        var joined = new PooledStack<byte>();
        var isFirst = true;
        try
        {
            for (var i = 0; i < PiecesOf(body); i++)
            {
                Open(body, i);
                while (!_in.AtEnd)
                {
                    if (NextKnown(plan, out var tag) is not { } found) continue;
                    var path = _in.ReadBytes();
                    if (!isFirst) joined.Push((byte)',');
                    isFirst = false;
                    if (!FieldPaths.TryToCamel(path, ref joined))
                        throw _in.Fault($"the path {Encoding.UTF8.GetString(path)} has no JSON form", _in.Position - path.Length);
                }
            }
            CheckLength(joined.Count);
            _output.WriteStringValue(joined.From(0));
        }
        finally
        {
            joined.Return();
        }
    }

    private void Struct(MessagePlan plan, Body body)
    {
        var fields = plan.Find(1)!;
        var entries = _entries.Count;
        for (var i = 0; i < PiecesOf(body); i++)
        {
            Open(body, i);
            while (!_in.AtEnd)
            {
                if (NextKnown(plan, out var tag) is not { } field) continue;
                if (field == fields) PushEntry(field);
                else _in.Skip(tag);
            }
        }
        WriteEntriesObject(fields, entries);
    }

    private void ListValue(MessagePlan plan, Body body)
    {
        _output.WriteStartArray();
        for (var i = 0; i < PiecesOf(body); i++)
        {
            Open(body, i);
            while (!_in.AtEnd)
            {
                if (NextKnown(plan, out var tag) is not { } field) continue;
                if (field.Number == 1) Value(field, tag & 7);
                else _in.Skip(tag);
            }
        }
        _output.WriteEndArray();
    }

    /// <summary>google.protobuf.Value: one of null, number, string, bool, object, array; without any of them, null.</summary>
    private void StructValue(MessagePlan plan, Body body)
    {
        var pieces = _pieces.Count;
        FieldPlan? set = null;
        var (at, end) = (0, 0);
        for (var i = 0; i < PiecesOf(body); i++)
        {
            Open(body, i);
            while (!_in.AtEnd)
            {
                if (NextKnown(plan, out var tag) is not { } field) continue;
                if (field != set) _pieces.CutTo(pieces);
                (set, at, end) = (field, _in.Position, _in.End);
                if (field.Kind != ProtoKind.Message)
                {
                    _in.Skip(tag);
                    continue;
                }
                var part = ReadBody(field, tag & 7);
                _pieces.Push(new Piece(part.Start, part.End));
            }
        }
        (_in.Message, _in.Field) = (plan, set);
        if (set is null || set.Kind == ProtoKind.Enum)
        {
            _output.WriteNullValue();
        }
        else if (set.Kind == ProtoKind.Message)
        {
            var count = _pieces.Count - pieces;
            var one = _pieces[pieces];
            Message(set.Message, count == 1 ? new Body(one.Start, one.End) : new Body(0, 0, pieces, count));
        }
        else
        {
            (_in.Position, _in.End) = (at, end);
            if (set.Kind == ProtoKind.Double) RequireFinite(at);
            Value(set, set.WireType);
        }
        _pieces.CutTo(pieces);
    }

    private void RequireFinite(int at)
    {
        if (!double.IsFinite(BitConverter.UInt64BitsToDouble(_in.ReadFixed64())))
            throw _in.Fault("a Value's number is not finite and has no JSON form", at);
        _in.Position = at;
    }

    private void Any(MessagePlan plan, Body body)
    {
        var (urlField, valueField) = (plan.Find(1)!, plan.Find(2)!);
        var urlAt = LastOf(plan, body, urlField).At;
        var url = urlAt < 0 ? default : _in.ReadBytes();
        if (!Utf8.IsValid(url)) throw _in.Fault("the string is not valid UTF-8", urlAt);
        var content = new Body(_in.Position, _in.Position);
        if (LastOf(plan, body, valueField).At >= 0) content = ReadBody(valueField, WireType.Length);

        _output.WriteStartObject();
        if (url.Length > 0 || content.End > content.Start)
        {
            CheckLength(url.Length);
            _output.WriteString("@type"u8, url);
            var type = _codec.FindType(Encoding.UTF8.GetString(url));
            if (type is null)
            {
                UnknownAny(url, urlAt, content);
            }
            else if (type.Form == WellKnownForm.None)
            {
                Members(type, content);
            }
            else
            {
                _output.WritePropertyName("value"u8);
                Message(type, content);
            }
        }
        _output.WriteEndObject();
    }

    private readonly void UnknownAny(ReadOnlySpan<byte> url, int urlAt, Body content)
    {
        if (!_plain)
        {
            throw _in.Fault(
                $"the Any's type \"{Encoding.UTF8.GetString(url)}\" is neither in the schema nor in what it imports", Math.Max(urlAt, 0));
        }
        var bytes = _in.Bytes[content.Start..content.End];
        CheckLength(bytes.Length);
        _output.WriteBase64String("value"u8, bytes);
    }
}
