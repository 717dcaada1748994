using System.Text;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Maps: an entry message for each member, with key and value always written, in the order of the JSON.</summary>
internal ref partial struct JsonEncoder
{
    private void Map(FieldPlan map, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Mismatch(value, "an object");
        Enter();
        var keys = _keys.Count;
        var (keyField, valueField) = (map.Message.Fields[0], map.Message.Fields[1]);
        foreach (var property in value.EnumerateObject())
        {
            CountStep();
            Enter(property);
            if (property.Value.ValueKind == JsonValueKind.Null && !valueField.HoldsNull) throw Fault("the value of a map entry cannot be null");
            _out.WriteVarint(map.Tag);
            var length = _out.Open();
            Key(keyField, property);
            Tagged(valueField, property.Value, omitsZero: false);
            _out.Close(length);
            LeavePath();
        }
        RefuseRepeatedKeys(value, keys);
        _keys.CutTo(keys);
        Leave();
    }

    private void Key(FieldPlan field, JsonProperty property)
    {
        var name = _text.BytesOfName(property);
        _out.WriteVarint(field.Tag);
        var start = _out.Count;
        if (field.Kind == ProtoKind.String) _out.WriteBytes(ValidText(name));
        else if (field.Kind == ProtoKind.Bool) _out.WriteVarint(BoolOf(name));
        else if (TryInteger(field.Kind, name, out var number)) Number(field, number);
        else throw Fault($"a key of this map must be {NameOf(field.Kind)}");
        _keys.Push(new MapKey { At = start, Length = _out.Count - start });
    }

    private readonly ulong BoolOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("true"u8)) return 1;
        return name.SequenceEqual("false"u8) ? 0UL : throw Fault("a key of this map must be true or false");
    }

    private void RefuseRepeatedKeys(JsonElement value, int first)
    {
        var keys = _keys.From(first);
        if (!MapKeys.FindRepeats(_out.Bytes, keys)) return;
        var index = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (keys[index].First != index)
            {
                Enter(property);
                throw Fault("the map has this key twice");
            }
            index++;
        }
    }
}
