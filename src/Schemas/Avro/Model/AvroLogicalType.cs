using System.Text.Json;

namespace Gateway.Schemas.Avro.Model;

/// <summary>A logical type whose attributes hold together.</summary>
internal sealed record AvroLogicalType(string Name, int Precision = 0, int Scale = 0)
{
    /// <summary>
    /// The schema's logical type, or null where there is none or where it is not valid on this schema (it is then ignored).
    /// </summary>
    public static AvroLogicalType? Of(AvroSchema schema)
    {
        if (Text(schema, "logicalType") is not { } name) return null;
        var fits = name switch
        {
            "uuid" => schema.Type == AvroType.String || schema is AvroFixed { Size: 16 },
            "duration" => schema is AvroFixed { Size: 12 },
            "date" or "time-millis" => schema.Type == AvroType.Int,
            "time-micros" or "timestamp-millis" or "timestamp-micros" or "timestamp-nanos"
                or "local-timestamp-millis" or "local-timestamp-micros" or "local-timestamp-nanos" => schema.Type == AvroType.Long,
            "big-decimal" => schema.Type == AvroType.Bytes,
            _ => false,
        };
        if (fits) return new AvroLogicalType(name);
        return name == "decimal" ? Decimal(schema) : null;
    }

    private static AvroLogicalType? Decimal(AvroSchema schema)
    {
        if (schema.Type is not (AvroType.Bytes or AvroType.Fixed)) return null;
        if (Number(schema, "precision") is not { } precision || precision <= 0) return null;
        if ((Has(schema, "scale") ? Number(schema, "scale") : 0) is not { } scale || scale < 0 || scale > precision) return null;
        if (schema is AvroFixed sized && precision > MaxPrecision(sized.Size)) return null;
        return new AvroLogicalType("decimal", precision, scale);
    }

    /// <summary>Decimal digits that surely fit a signed number of that many bytes.</summary>
    private static double MaxPrecision(int size) => size == 0 ? 0 : Math.Floor((8.0 * size - 1) * Math.Log10(2));

    private static bool Has(AvroSchema schema, string name) => schema.Properties.Any(property => property.Key == name);

    private static string? Text(AvroSchema schema, string name)
    {
        foreach (var property in schema.Properties)
            if (property.Key == name) return property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
        return null;
    }

    private static int? Number(AvroSchema schema, string name)
    {
        foreach (var property in schema.Properties)
            if (property.Key == name && property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out var number))
                return number;
        return null;
    }
}
