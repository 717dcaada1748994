using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>Field numbers, and the ranges of them that are reserved or left to extensions.</summary>
internal static class NumberValidation
{
    public const int Max = (1 << 29) - 1;

    private const int FirstInternal = 19000;
    private const int LastInternal = 19999;

    public static void Message(ProtoMessage message, BudgetMeter meter)
    {
        var ranges = Ranges(message, meter);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in message.Proto.ReservedName)
        {
            if (!names.Add(name)) throw new ProtoFault($"The name \"{name}\" is reserved twice in \"{message.Name}\"", message.Proto);
        }
        var used = new Dictionary<int, ProtoField>();
        foreach (var field in message.Fields)
        {
            meter.Step();
            Field(field);
            if (!used.TryAdd(field.Number, field))
                throw new ProtoFault($"\"{message.FullName}\" uses number {field.Number} for \"{used[field.Number].Name}\" already; give \"{field.Name}\" another", field.Proto, ProtoPart.Number);
            if (names.Contains(field.Name)) throw new ProtoFault($"The name \"{field.Name}\" is reserved in \"{message.FullName}\"", field.Proto);
            if (Find(ranges, field.Number) is { } range)
                throw new ProtoFault($"Number {field.Number} of \"{field.Name}\" is {(range.IsExtension ? "left to extensions" : "reserved")} in \"{message.FullName}\"", field.Proto, ProtoPart.Number);
        }
    }

    public static void Field(ProtoField field)
    {
        InRange(field);
        if (field.Number is >= FirstInternal and <= LastInternal)
            throw new ProtoFault($"Field numbers {FirstInternal} to {LastInternal} belong to Protobuf itself; take another", field.Proto, ProtoPart.Number);
    }

    /// <summary>What no lenience can allow: other numbers have no form on the wire.</summary>
    public static void InRange(ProtoField field)
    {
        // Message sets have more numbers, and only extensions.
        if (field.Number <= 0) throw new ProtoFault($"Field number {field.Number} is not positive; numbers go from 1 to {Max}", field.Proto, ProtoPart.Number);
        if (field.Number > Max && !(field.IsExtension && field.ContainingType.Proto.Options is { MessageSetWireFormat: true }))
            throw new ProtoFault($"Field number {field.Number} is too big; numbers go from 1 to {Max}", field.Proto, ProtoPart.Number);
    }

    /// <summary>Both kinds of ranges by their start. They may not touch each other.</summary>
    private static List<(int Start, int End, bool IsExtension)> Ranges(ProtoMessage message, BudgetMeter meter)
    {
        var found = new List<(int Start, int End, bool IsExtension, object Element)>();
        foreach (var range in message.Proto.ReservedRange)
        {
            if (range.Start <= 0) throw new ProtoFault("Reserved numbers are positive", range);
            if (range.Start >= range.End) throw new ProtoFault("A reserved range ends before it starts", range);
            found.Add((range.Start, range.End, false, range));
        }
        var isSet = message.Proto.Options is { MessageSetWireFormat: true };
        foreach (var range in message.Proto.ExtensionRange)
        {
            if (range.Start <= 0) throw new ProtoFault("Extension numbers are positive", range);
            if (range.Start >= range.End) throw new ProtoFault("An extension range ends before it starts", range);
            if (range.End > Max + 1 && !isSet) throw new ProtoFault($"Extension numbers end at {Max}; write \"max\"", range);
            found.Add((range.Start, range.End, true, range));
        }
        found.Sort((left, right) => left.Start.CompareTo(right.Start));
        for (var i = 1; i < found.Count; i++)
        {
            meter.Step();
            if (found[i].Start < found[i - 1].End)
            {
                throw new ProtoFault(
                    $"In \"{message.FullName}\" the range from {found[i].Start} to {found[i].End - 1} overlaps the one from {found[i - 1].Start} to {found[i - 1].End - 1}",
                    found[i].Element);
            }
        }
        return [.. found.Select(range => (range.Start, range.End, range.IsExtension))];
    }

    private static (int Start, int End, bool IsExtension)? Find(List<(int Start, int End, bool IsExtension)> ranges, int number)
    {
        int low = 0, high = ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (number < ranges[middle].Start) high = middle - 1;
            else if (number >= ranges[middle].End) low = middle + 1;
            else return ranges[middle];
        }
        return null;
    }
}
