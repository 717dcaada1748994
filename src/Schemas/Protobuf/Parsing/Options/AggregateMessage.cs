using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>A message value given as text, before it is encoded: fields by number, each with the encoded values given.</summary>
internal sealed class AggregateMessage(ProtoMessage type)
{
    private readonly SortedDictionary<int, (ProtoField Field, List<byte[]> Values)> _fields = [];

    public ProtoMessage Type => type;

    public bool Has(ProtoField field) => _fields.ContainsKey(field.Number);

    public ProtoField? SetMemberOf(ProtoOneOf oneOf) => oneOf.Fields.FirstOrDefault(Has);

    public void Add(ProtoField field, byte[] value)
    {
        if (!_fields.TryGetValue(field.Number, out var entry)) _fields[field.Number] = entry = (field, []);
        entry.Values.Add(value);
    }

    /// <summary>Names of required fields nobody gave.</summary>
    public IEnumerable<string> Missing() => type.Fields.Where(field => field.IsRequired && !Has(field)).Select(field => field.Name);

    public byte[] Encode()
    {
        var output = new List<byte>();
        if (type.IsMapEntry) FillEntry();
        foreach (var (field, values) in _fields.Values)
        {
            if (field.IsPacked)
            {
                OptionWire.WriteTag(output, field, WireFormat.WireType.LengthDelimited);
                output.AddRange(OptionScalars.Varint((ulong)values.Sum(value => value.Length)));
                foreach (var value in values) output.AddRange(value);
                continue;
            }
            foreach (var value in values)
            {
                // Without presence, a default value is no value.
                if (field.HasPresence || field.IsRepeated || type.IsMapEntry || value.Any(part => part != 0)) OptionWire.Write(output, field, value);
            }
        }
        return [.. output];
    }

    /// <summary>Entries of maps always carry both their fields.</summary>
    private void FillEntry()
    {
        foreach (var field in type.Fields)
        {
            if (Has(field)) continue;
            Add(field, OptionWire.WireType(field) switch
            {
                WireFormat.WireType.Varint => [0],
                WireFormat.WireType.Fixed32 => new byte[4],
                WireFormat.WireType.Fixed64 => new byte[8],
                _ => [],
            });
        }
    }
}
