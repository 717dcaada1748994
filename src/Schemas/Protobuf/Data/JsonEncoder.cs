using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// Turns JSON into binary messages. Fields are written in order of number whatever order the JSON has, map entries in the JSON's order, so
/// equal JSON gives equal bytes. Nothing reaches the output before all of the JSON was found to fit.
/// </summary>
internal ref partial struct JsonEncoder(ProtobufCodec codec, JsonForm form, SchemaBudget budget)
{
    private WireWriter _out;
    private JsonText _text;
    private PooledStack<Member> _members;
    private PooledStack<MapKey> _keys;
    private PooledStack<byte> _bytes;
    private PooledStack<Step> _path;
    private readonly BudgetMeter _meter = budget.Start();

    public void Encode(MessagePlan plan, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined) throw new SchemaDataException("There is no value");
        Message(plan, value);
    }

    public readonly void CopyTo(IBufferWriter<byte> output) => _out.CopyTo(output);

    public void Return()
    {
        _out.Return();
        _text.Return();
        _members.Return();
        _keys.Return();
        _bytes.Return();
        _path.Return();
    }

    /// <summary>Writes a message's contents, without tag or length.</summary>
    private void Message(MessagePlan plan, JsonElement value)
    {
        Enter();
        if (plan.Form == WellKnownForm.None) Members(plan, value, skipType: false);
        else WellKnown(plan, value);
        Leave();
    }

    private void Members(MessagePlan plan, JsonElement value, bool skipType)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Mismatch(value, $"an object of message {plan.Message.FullName}");
        var first = _members.Count;
        var isSorted = true;
        var last = -1;
        foreach (var property in value.EnumerateObject())
        {
            CountStep();
            var field = plan.Find(_text.NameOf(property));
            if (field is null)
            {
                if (skipType && property.NameEquals("@type"u8)) continue;
                Enter(property);
                throw Fault($"message {plan.Message.FullName} has no field of that name");
            }
            isSorted &= field.Index > last;
            last = field.Index;
            _members.Push(new Member(field, property));
        }
        if (!isSorted) _members.From(first).Sort(static (one, other) => one.Field.Index.CompareTo(other.Field.Index));
        RefuseRepeats(plan, first);

        var end = _members.Count;
        var required = 0;
        for (var i = first; i < end; i++)
        {
            var (field, property) = (_members[i].Field, _members[i].Property);
            if (property.Value.ValueKind == JsonValueKind.Null && (field.IsRepeated || !field.HoldsNull)) continue;
            Enter(property);
            Field(field, property.Value);
            LeavePath();
            if (field.IsRequired) required++;
        }
        if (required < plan.Required.Length) throw Missing(plan, first);
        _members.CutTo(first);
    }

    /// <summary>A field given twice, or two fields of one oneof; null sets nothing, so it may stand beside another member.</summary>
    private void RefuseRepeats(MessagePlan plan, int first)
    {
        var members = _members.From(first);
        for (var i = 1; i < members.Length; i++)
        {
            if (members[i].Field != members[i - 1].Field) continue;
            Enter(members[i].Property);
            throw Fault($"field {members[i].Field.Field.Name} is given twice");
        }
        if (plan.OneOfs == 0 || members.Length < 2) return;
        CountStep(plan.OneOfs);
        var set = ArrayPool<FieldPlan?>.Shared.Rent(plan.OneOfs);
        set.AsSpan(0, plan.OneOfs).Clear();
        foreach (var member in members)
        {
            if (member.Field.OneOf < 0 || (member.Property.Value.ValueKind == JsonValueKind.Null && !member.Field.HoldsNull)) continue;
            ref var other = ref set[member.Field.OneOf];
            if (other is not null)
            {
                Enter(member.Property);
                throw Fault($"{other.Field.Name} and {member.Field.Field.Name} are given, of which oneof {other.Field.OneOf!.Name} takes one");
            }
            other = member.Field;
        }
        ArrayPool<FieldPlan?>.Shared.Return(set, clearArray: true);
    }

    /// <summary>A field with its tag. Null is a value here: fields it unsets do not come this far.</summary>
    private void Field(FieldPlan field, JsonElement value)
    {
        if (field.IsMap) Map(field, value);
        else if (field.IsRepeated) Elements(field, value);
        else Tagged(field, value, field.OmitsZero);
    }

    private void Elements(FieldPlan field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Mismatch(value, "an array");
        Enter();
        var isPacked = field.Field.IsPacked && value.GetArrayLength() > 0;
        var length = 0;
        if (isPacked)
        {
            _out.WriteVarint(((uint)field.Number << 3) | WireType.Length);
            length = _out.Open();
        }
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            CountStep();
            _path.Push(new Step { Index = index++ });
            if (element.ValueKind == JsonValueKind.Null && !field.HoldsNull) throw Fault("an element cannot be null");
            if (isPacked) Number(field, NumberOf(field, element));
            else Tagged(field, element, omitsZero: false);
            LeavePath();
        }
        if (isPacked) _out.Close(length);
        Leave();
    }

    /// <summary>One value behind its tag.</summary>
    private void Tagged(FieldPlan field, JsonElement value, bool omitsZero)
    {
        switch (field.Kind)
        {
            case ProtoKind.Message when field.WireType == WireType.GroupStart:
                _out.WriteVarint(field.Tag);
                Message(field.Message, value);
                _out.WriteVarint(((uint)field.Number << 3) | WireType.GroupEnd);
                break;
            case ProtoKind.Message:
                _out.WriteVarint(field.Tag);
                var length = _out.Open();
                Message(field.Message, value);
                _out.Close(length);
                break;
            case ProtoKind.String:
                if (value.ValueKind != JsonValueKind.String) throw Mismatch(value, "a string");
                Bytes(field.Tag, ValidText(_text.ValueOf(value)), omitsZero);
                break;
            case ProtoKind.Bytes:
                if (value.ValueKind != JsonValueKind.String) throw Mismatch(value, "a string of base64");
                _bytes.CutTo(0);
                if (!Base64Text.TryDecode(_text.ValueOf(value), ref _bytes)) throw Mismatch(value, "base64");
                Bytes(field.Tag, _bytes.From(0), omitsZero);
                break;
            default:
                var number = NumberOf(field, value);
                if (omitsZero && number == 0) break;
                _out.WriteVarint(field.Tag);
                Number(field, number);
                break;
        }
    }

    private void Bytes(uint tag, ReadOnlySpan<byte> bytes, bool omitsZero)
    {
        if (omitsZero && bytes.Length == 0) return;
        _out.WriteVarint(tag);
        _out.WriteBytes(bytes);
    }

    private void Number(FieldPlan field, ulong number)
    {
        if (field.WireType == WireType.Varint) _out.WriteVarint(number);
        else if (field.WireType == WireType.Fixed32) _out.WriteFixed32((uint)number);
        else _out.WriteFixed64(number);
    }

    private readonly ReadOnlySpan<byte> ValidText(ReadOnlySpan<byte> text) =>
        JsonText.IsValid(text) ? text : throw Fault("the string is not valid text");

    private SchemaDataException Missing(MessagePlan plan, int first)
    {
        var given = new HashSet<FieldPlan>();
        foreach (var member in _members.From(first))
        {
            if (member.Property.Value.ValueKind != JsonValueKind.Null || member.Field.HoldsNull) given.Add(member.Field);
        }
        var missing = plan.Required.First(field => !given.Contains(field));
        return Fault($"message {plan.Message.FullName} lacks its required field {missing.JsonName}");
    }

    private readonly void CountStep(int count = 1) => _meter.Step(count);

    private readonly void Enter() => _meter.EnterOnStack();

    private readonly void Leave() => _meter.Leave();

    /// <summary>A field of the message and the JSON given for it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Member(FieldPlan Field, JsonProperty Property);
}
