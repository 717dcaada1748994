using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Unicode;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Single values.</summary>
internal ref partial struct JsonDecoder
{
    /// <summary>The values of one occurrence of a repeated field: a packed run, or one. The array begins with the first of them.</summary>
    private void Elements(FieldPlan field, uint wireType, ref bool begun)
    {
        if (wireType != WireType.Length || !field.IsPackable)
        {
            BeginElements(field, ref begun);
            Value(field, wireType);
            return;
        }
        var end = _in.End;
        var length = _in.ReadLength();
        _in.End = _in.Position + length;
        while (!_in.AtEnd)
        {
            _in.Step();
            if (field.Enum is { IsClosed: true })
            {
                var at = _in.Position;
                if (!field.Enum.Knows((int)_in.ReadVarint())) continue;
                _in.Position = at;
            }
            BeginElements(field, ref begun);
            Value(field, field.WireType);
        }
        _in.End = end;
    }

    private void BeginElements(FieldPlan field, ref bool begun)
    {
        if (begun) return;
        begun = true;
        _in.Enter();
        _output.WriteStartArray(field.JsonName);
    }

    private void EndElements(bool begun)
    {
        if (!begun) return;
        _output.WriteEndArray();
        _in.Leave();
    }

    /// <summary>One value, which the reader stands at.</summary>
    private void Value(FieldPlan field, uint wireType)
    {
        switch (field.Kind)
        {
            case ProtoKind.Int32:
                _output.WriteNumberValue((int)_in.ReadVarint());
                break;
            case ProtoKind.UInt32:
                _output.WriteNumberValue((uint)_in.ReadVarint());
                break;
            case ProtoKind.SInt32:
                _output.WriteNumberValue(ZigZag((uint)_in.ReadVarint()));
                break;
            case ProtoKind.Fixed32:
                _output.WriteNumberValue(_in.ReadFixed32());
                break;
            case ProtoKind.SFixed32:
                _output.WriteNumberValue((int)_in.ReadFixed32());
                break;
            case ProtoKind.Int64:
                WriteLong((long)_in.ReadVarint());
                break;
            case ProtoKind.SInt64:
                WriteLong(ZigZag(_in.ReadVarint()));
                break;
            case ProtoKind.SFixed64:
                WriteLong((long)_in.ReadFixed64());
                break;
            case ProtoKind.UInt64:
                WriteUnsignedLong(_in.ReadVarint());
                break;
            case ProtoKind.Fixed64:
                WriteUnsignedLong(_in.ReadFixed64());
                break;
            case ProtoKind.Bool:
                _output.WriteBooleanValue(_in.ReadVarint() != 0);
                break;
            case ProtoKind.Float:
                WriteFloat(BitConverter.UInt32BitsToSingle(_in.ReadFixed32()));
                break;
            case ProtoKind.Double:
                WriteDouble(BitConverter.UInt64BitsToDouble(_in.ReadFixed64()));
                break;
            case ProtoKind.String:
                var text = _in.ReadBytes();
                CheckText(field, text);
                _output.WriteStringValue(text);
                break;
            case ProtoKind.Bytes:
                WriteBytes(_in.ReadBytes());
                break;
            case ProtoKind.Enum:
                WriteEnum(field.Enum!, (int)_in.ReadVarint());
                break;
            default:
                Message(field.Message, ReadBody(field, wireType));
                break;
        }
    }

    /// <summary>What stands for a value that is not there, in a map entry or a wrapper.</summary>
    private void WriteDefault(FieldPlan field)
    {
        switch (field.Kind)
        {
            case ProtoKind.Int64 or ProtoKind.UInt64 or ProtoKind.SInt64 or ProtoKind.Fixed64 or ProtoKind.SFixed64:
                _output.WriteStringValue("0"u8);
                break;
            case ProtoKind.Bool:
                _output.WriteBooleanValue(false);
                break;
            case ProtoKind.String or ProtoKind.Bytes:
                _output.WriteStringValue(""u8);
                break;
            case ProtoKind.Enum:
                WriteEnum(field.Enum!, field.Enum!.Default);
                break;
            case ProtoKind.Message:
                Message(field.Message, new Body(_in.Position, _in.Position));
                break;
            default:
                _output.WriteNumberValue(0);
                break;
        }
    }

    /// <summary>Whether the value ahead is the one that means "not set" in a field without presence.</summary>
    private bool IsZero(FieldPlan field)
    {
        var position = _in.Position;
        var isZero = field.WireType switch
        {
            WireType.Fixed32 => _in.ReadFixed32() == 0,
            WireType.Fixed64 => _in.ReadFixed64() == 0,
            WireType.Length => _in.ReadVarint() == 0,
            _ => field.Kind is ProtoKind.Int64 or ProtoKind.UInt64 or ProtoKind.SInt64 or ProtoKind.Bool
                ? _in.ReadVarint() == 0
                : (uint)_in.ReadVarint() == 0,
        };
        _in.Position = position;
        return isZero;
    }

    private readonly void CheckText(FieldPlan field, ReadOnlySpan<byte> text)
    {
        CheckLength(text.Length);
        // What is not checked and not text either becomes U+FFFD in the JSON.
        if (field.Field.ValidatesUtf8 && !ReadsOtherVersion && !Utf8.IsValid(text))
            throw _in.Fault("the string is not valid UTF-8", _in.Position - text.Length);
    }

    private readonly void CheckLength(int length)
    {
        if (length > LongestValue)
            throw new SchemaBudgetException($"a value of {length} bytes cannot be written as JSON, the limit is {LongestValue}");
    }

    private readonly void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        CheckLength(bytes.Length);
        _output.WriteBase64StringValue(bytes);
    }

    private void WriteEnum(EnumPlan @enum, int number)
    {
        if (@enum.IsNull) _output.WriteNullValue();
        else if (@enum.TryGetName(number, out var name))
        {
            _in.Names.Take(name.EncodedUtf8Bytes.Length);
            _output.WriteStringValue(name);
        }
        else _output.WriteNumberValue(number);
    }

    private readonly void WriteLong(long value)
    {
        Span<byte> digits = stackalloc byte[22];
        Utf8Formatter.TryFormat(value, digits[1..], out var length);
        WriteQuoted(digits, length);
    }

    private readonly void WriteUnsignedLong(ulong value)
    {
        Span<byte> digits = stackalloc byte[22];
        Utf8Formatter.TryFormat(value, digits[1..], out var length);
        WriteQuoted(digits, length);
    }

    private readonly void WriteQuoted(Span<byte> digits, int length)
    {
        digits[0] = (byte)'"';
        digits[length + 1] = (byte)'"';
        _output.WriteRawValue(digits[..(length + 2)], skipInputValidation: true);
    }

    private readonly void WriteFloat(float value)
    {
        if (float.IsFinite(value)) _output.WriteNumberValue(value);
        else _output.WriteStringValue(NameOf(value));
    }

    private readonly void WriteDouble(double value)
    {
        if (double.IsFinite(value)) _output.WriteNumberValue(value);
        else _output.WriteStringValue(NameOf(value));
    }

    private static ReadOnlySpan<byte> NameOf(double value) =>
        double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;

    private static int ZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    private static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
