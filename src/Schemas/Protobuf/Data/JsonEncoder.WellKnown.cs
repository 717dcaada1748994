using System.Text;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The messages of google.protobuf that JSON has forms of its own for.</summary>
internal ref partial struct JsonEncoder
{
    private void WellKnown(MessagePlan plan, JsonElement value)
    {
        switch (plan.Form)
        {
            case WellKnownForm.Any:
                Any(plan, value);
                break;
            case WellKnownForm.Timestamp:
                if (!TimeText.TryReadTimestamp(TextOf(value), out var seconds, out var nanos))
                    throw Mismatch(value, "a timestamp such as \"2001-02-03T04:05:06.789Z\" from year 1 to 9999");
                SecondsAndNanos(seconds, nanos);
                break;
            case WellKnownForm.Duration:
                if (!TimeText.TryReadDuration(TextOf(value), out seconds, out nanos))
                    throw Mismatch(value, "a duration such as \"1.5s\" within 10000 years");
                SecondsAndNanos(seconds, nanos);
                break;
            case WellKnownForm.FieldMask:
                FieldMask(plan.Find(1)!, value);
                break;
            case WellKnownForm.Struct:
                Map(plan.Find(1)!, value);
                break;
            case WellKnownForm.Value:
                StructValue(plan, value);
                break;
            case WellKnownForm.ListValue:
                Elements(plan.Find(1)!, value);
                break;
            default:
                Tagged(plan.Find(1)!, value, plan.Find(1)!.OmitsZero);
                break;
        }
    }

    private ReadOnlySpan<byte> TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? _text.ValueOf(value) : default;

    private void SecondsAndNanos(long seconds, int nanos)
    {
        if (seconds != 0)
        {
            _out.WriteVarint(8);
            _out.WriteVarint((ulong)seconds);
        }
        if (nanos == 0) return;
        _out.WriteVarint(16);
        _out.WriteVarint((ulong)nanos);
    }

    private void FieldMask(FieldPlan field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw Mismatch(value, "a string of paths");
        var paths = ValidText(TextOf(value));
        if (paths.Length == 0) return;
        foreach (var range in paths.Split((byte)','))
        {
            CountStep();
            _bytes.CutTo(0);
            if (!FieldPaths.TryToSnake(paths[range], ref _bytes)) throw Mismatch(value, "a list of paths in lowerCamelCase");
            Bytes(field.Tag, _bytes.From(0), omitsZero: false);
        }
    }

    private void StructValue(MessagePlan plan, JsonElement value)
    {
        var field = plan.Find(value.ValueKind switch
        {
            JsonValueKind.Null => 1,
            JsonValueKind.Number => 2,
            JsonValueKind.String => 3,
            JsonValueKind.Object => 5,
            JsonValueKind.Array => 6,
            _ => 4u,
        })!;
        Tagged(field, value, omitsZero: false);
    }

    private void Any(MessagePlan plan, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Mismatch(value, "an object with \"@type\"");
        if (!TryFindOnly(value, "@type"u8, out var url))
        {
            if (value.GetPropertyCount() > 0) throw Fault("an Any needs an \"@type\" that names what it holds");
            return;
        }
        if (url.ValueKind != JsonValueKind.String) throw Mismatch(url, "a type URL");
        var text = ValidText(_text.ValueOf(url));
        var name = Encoding.UTF8.GetString(text);
        Bytes(plan.Find(1)!.Tag, text, omitsZero: true);
        var start = _out.Count;
        var type = codec.FindType(name);
        if (type is null)
        {
            UnknownAny(plan, name, value);
            return;
        }
        _out.WriteVarint(plan.Find(2)!.Tag);
        var length = _out.Open();
        if (type.Form == WellKnownForm.None) Members(type, value, skipType: true);
        else Message(type, OnlyValue(value));
        if (!_out.TryDrop(length, start)) _out.Close(length);
    }

    private void UnknownAny(MessagePlan plan, string name, JsonElement value)
    {
        if (form != JsonForm.Plain) throw Fault($"the Any's type \"{name}\" is neither in the schema nor in what it imports");
        Tagged(plan.Find(2)!, OnlyValue(value), omitsZero: true);
    }

    /// <summary>The "value" of an Any that holds something with a JSON form of its own; nothing but "@type" may stand beside it.</summary>
    private JsonElement OnlyValue(JsonElement value)
    {
        if (!TryFindOnly(value, "value"u8, out var only)) throw Fault("an Any of this type needs a \"value\"");
        foreach (var property in value.EnumerateObject())
        {
            if (property.NameEquals("@type"u8) || property.NameEquals("value"u8)) continue;
            Enter(property);
            throw Fault("an Any of this type has \"@type\" and \"value\" only");
        }
        return only;
    }

    /// <summary>The member of that name; a second one is refused.</summary>
    private bool TryFindOnly(JsonElement value, ReadOnlySpan<byte> name, out JsonElement found)
    {
        found = default;
        var isFound = false;
        foreach (var property in value.EnumerateObject())
        {
            CountStep();
            if (!property.NameEquals(name)) continue;
            if (isFound)
            {
                Enter(property);
                throw Fault("the member is given twice");
            }
            (isFound, found) = (true, property.Value);
        }
        return isFound;
    }
}
