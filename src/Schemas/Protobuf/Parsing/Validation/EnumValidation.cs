using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>The rules of enums.</summary>
internal static class EnumValidation
{
    public static void Check(ProtoEnum type, BudgetMeter meter)
    {
        if (type.Values.Count == 0) throw new ProtoFault($"The enum \"{type.Name}\" has no values; it needs at least one", type.Proto);
        foreach (var value in type.Values) FileValidation.Name(value.Name, value);
        if (!type.IsClosed && type.Values[0].Number != 0)
            throw new ProtoFault($"The first value of the enum \"{type.Name}\" must be zero, since it is what unset fields hold", type.Values[0], ProtoPart.Number);
        Aliases(type);
        Reserved(type, meter);
        JsonNames(type);
    }

    private static void Aliases(ProtoEnum type)
    {
        var options = type.Proto.Options;
        var numbers = new Dictionary<int, string>();
        var hasAlias = false;
        foreach (var value in type.Values)
        {
            if (numbers.TryAdd(value.Number, value.Name)) continue;
            hasAlias = true;
            if (options is not { AllowAlias: true })
                throw new ProtoFault($"\"{value.Name}\" and \"{numbers[value.Number]}\" have the same number {value.Number}; set option allow_alias = true if that is meant", value, ProtoPart.Number);
        }
        if (options is { HasAllowAlias: true } && !hasAlias)
            throw new ProtoFault($"\"{type.Name}\" sets allow_alias, and no two of its values have the same number; remove the option", type.Proto);
    }

    private static void Reserved(ProtoEnum type, BudgetMeter meter)
    {
        var ranges = new List<EnumDescriptorProto.Types.EnumReservedRange>(type.Proto.ReservedRange);
        foreach (var range in ranges)
        {
            if (range.Start > range.End) throw new ProtoFault("A reserved range ends before it starts", range);
        }
        ranges.Sort((left, right) => left.Start.CompareTo(right.Start));
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Start <= ranges[i - 1].End)
                throw new ProtoFault($"The reserved range from {ranges[i].Start} to {ranges[i].End} overlaps the one from {ranges[i - 1].Start} to {ranges[i - 1].End}", ranges[i]);
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in type.Proto.ReservedName)
        {
            if (!names.Add(name)) throw new ProtoFault($"The name \"{name}\" is reserved twice in \"{type.Name}\"", type.Proto);
        }
        foreach (var value in type.Values)
        {
            meter.Step();
            if (names.Contains(value.Name)) throw new ProtoFault($"The name \"{value.Name}\" is reserved in \"{type.Name}\"", value);
            var at = ranges.Count == 0 ? 0 : Before(ranges, value.Number);
            if (at > 0 && ranges[at - 1].End >= value.Number)
                throw new ProtoFault($"Number {value.Number} of \"{value.Name}\" is reserved in \"{type.Name}\"", value, ProtoPart.Number);
        }
    }

    /// <summary>How many ranges start at or before that number.</summary>
    private static int Before(List<EnumDescriptorProto.Types.EnumReservedRange> ranges, int number)
    {
        int low = 0, high = ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Start <= number) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Generated code drops the enum's name from the front of its values' names and re-cases them; that must not make two alike.</summary>
    private static void JsonNames(ProtoEnum type)
    {
#pragma warning disable CS0612 // The option is old, and still says what it says.
        if (type.Proto.Options is { DeprecatedLegacyJsonFieldConflicts: true } && type.Features.JsonFormat != ProtoFeatures.Allow) return;
#pragma warning restore CS0612
        var seen = new Dictionary<string, EnumValueDescriptorProto>(StringComparer.Ordinal);
        var prefix = type.Name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        foreach (var value in type.Values)
        {
            var name = Pascal(WithoutPrefix(value.Name, prefix));
            if (seen.TryAdd(name, value)) continue;
            var other = seen[name];
            if (other.Name != value.Name && other.Number != value.Number)
                throw new ProtoFault($"\"{value.Name}\" and \"{other.Name}\" differ by case, underscores or the enum's name in front only; rename one, or give both the same number", value);
        }
    }

    private static string WithoutPrefix(string name, string prefix)
    {
        var matched = 0;
        var at = 0;
        for (; at < name.Length && matched < prefix.Length; at++)
        {
            if (name[at] == '_') continue;
            if (char.ToLowerInvariant(name[at]) != prefix[matched++]) return name;
        }
        if (matched < prefix.Length) return name;
        while (at < name.Length && name[at] == '_') at++;
        return at == name.Length ? name : name[at..];
    }

    private static string Pascal(string name)
    {
        var text = new System.Text.StringBuilder(name.Length);
        var upper = true;
        foreach (var c in name)
        {
            if (c != '_') text.Append(upper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            upper = c == '_';
        }
        return text.ToString();
    }
}
