namespace Gateway.Protocol.Generator;

/// <summary>Conditions on <c>version</c> as C# text; null stands for "always".</summary>
internal static class Versions
{
    /// <summary>When the field is there at all.</summary>
    public static string? Present(MessageModel message, FieldModel field)
    {
        bool from = field.From > message.Lowest;
        bool to = field.To < message.Highest;
        if (from && to) return field.From == field.To ? $"version == {field.From}" : $"version is >= {field.From} and <= {field.To}";
        return from ? $"version >= {field.From}" : to ? $"version <= {field.To}" : null;
    }

    /// <summary>When it may be null: "true", "false" or a condition.</summary>
    public static string Nullable(MessageModel message, FieldModel field)
    {
        if (!field.IsNullable) return "false";
        return field.NullableFrom > System.Math.Max(field.From, message.Lowest) ? $"version >= {field.NullableFrom}" : "true";
    }

    /// <summary>When its encoding is the compact one.</summary>
    public static string Flexible(MessageModel message, FieldModel field)
    {
        if (field.NeverFlexible || message.FlexibleFrom > message.Highest) return "false";
        return message.FlexibleFrom <= message.Lowest ? "true" : "flexible";
    }

    /// <summary>The fewest bytes a value can take in any of the versions.</summary>
    public static int SmallestSize(MessageModel message, WireType type, bool nullable, int from, int to)
    {
        bool sometimesFlexible = message.FlexibleFrom <= to;
        switch (type.Kind)
        {
            case WireKind.Bool or WireKind.Int8: return 1;
            case WireKind.Int16 or WireKind.UInt16: return 2;
            case WireKind.Int32: return 4;
            case WireKind.Int64 or WireKind.Float64: return 8;
            case WireKind.Uuid: return 16;
            case WireKind.String: return sometimesFlexible ? 1 : 2;
            case WireKind.Bytes or WireKind.Records or WireKind.List: return sometimesFlexible ? 1 : 4;
        }
        if (nullable) return 1;
        int smallest = int.MaxValue;
        for (int version = from; version <= to; version++)
        {
            int size = version >= message.FlexibleFrom ? 1 : 0;
            foreach (FieldModel field in type.Struct!.Fields)
            {
                if (version >= field.From && version <= field.To && field.Tag < 0)
                    size += SmallestSize(message, field.Type, field.IsNullable, version, version);
            }
            if (size < smallest) smallest = size;
        }
        return System.Math.Max(smallest, 1);
    }
}
