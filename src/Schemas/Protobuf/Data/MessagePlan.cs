using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>A message made ready for conversion: its fields and known extensions in order of number, and ways to find them.</summary>
internal sealed class MessagePlan
{
    private const int LowNumbers = 256;

    private readonly FieldPlan?[] _low;
    private readonly Dictionary<int, FieldPlan> _others = [];
    private readonly Dictionary<string, FieldPlan>.AlternateLookup<ReadOnlySpan<char>> _byName;

    public MessagePlan(ProtobufCodec codec, ProtoMessage message)
    {
        Message = message;
        Form = WellKnownForms.Of(message);
        var oneOfs = message.OneOfs.Where(oneOf => !oneOf.IsSynthetic).Select((oneOf, index) => (oneOf, index))
            .ToDictionary(each => each.oneOf, each => each.index);
        OneOfs = oneOfs.Count;
        var ambiguous = message.Fields.CountBy(field => field.JsonName).Where(name => name.Value > 1).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);
        Fields = [.. message.Fields.Concat(codec.ExtensionsOf(message)).DistinctBy(field => field.Number).OrderBy(field => field.Number)
            .Select((field, index) => new FieldPlan(codec, field, JsonNameOf(field, ambiguous))
            {
                Index = index,
                OneOf = field.OneOf is not null && oneOfs.TryGetValue(field.OneOf, out var oneOf) ? oneOf : -1,
            })];
        Required = [.. Fields.Where(field => field.IsRequired)];

        _low = new FieldPlan?[Fields.Length == 0 ? 0 : Math.Clamp(Fields[^1].Number + 1, 0, LowNumbers)];
        foreach (var field in Fields)
        {
            if ((uint)field.Number < (uint)_low.Length) _low[field.Number] = field;
            else _others.Add(field.Number, field);
        }

        var byName = new Dictionary<string, FieldPlan>(StringComparer.Ordinal);
        foreach (var field in Fields) byName.TryAdd(field.Name, field);
        foreach (var field in Fields)
        {
            if (!field.Field.IsExtension) byName.TryAdd(field.Field.Name, field);
        }
        _byName = byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    // Proto2 and files of others may give two fields one JSON name: both go by the names declared, so that neither is lost.
    private static string JsonNameOf(ProtoField field, HashSet<string> ambiguous) =>
        field.IsExtension ? $"[{field.FullName}]" : ambiguous.Contains(field.JsonName) ? field.Name : field.JsonName;

    public ProtoMessage Message { get; }

    public WellKnownForm Form { get; }

    public FieldPlan[] Fields { get; }

    public FieldPlan[] Required { get; }

    /// <summary>How many oneofs are written; those made up for <c>optional</c> do not count.</summary>
    public int OneOfs { get; }

    public FieldPlan? Find(uint number)
    {
        if (number < (uint)_low.Length) return _low[number];
        return _others.Count == 0 ? null : _others.GetValueOrDefault((int)number);
    }

    /// <summary>By JSON name or the name declared; extensions by their full name in brackets.</summary>
    public FieldPlan? Find(ReadOnlySpan<char> jsonName) => _byName.TryGetValue(jsonName, out var field) ? field : null;
}
