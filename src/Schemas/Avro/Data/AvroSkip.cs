using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Data;

/// <summary>Passes over a value nobody wants.</summary>
internal static class AvroSkip
{
    public static void Value(AvroSchema schema, ref AvroBinaryReader input)
    {
        input.Meter.Enter();
        switch (schema)
        {
            case AvroRecord record:
                foreach (var field in record.Fields) Value(field.Schema, ref input);
                break;
            case AvroFixed @fixed:
                input.Skip(@fixed.Size);
                break;
            case AvroArray array:
                Blocks(array.Items, keyed: false, ref input);
                break;
            case AvroMap map:
                Blocks(map.Values, keyed: true, ref input);
                break;
            case AvroUnion union:
                Value(union.Branches[input.ReadBranch(union.Branches.Count)], ref input);
                break;
            default:
                Scalar(schema.Type, ref input);
                break;
        }
        input.Meter.Leave();
    }

    private static void Scalar(AvroType type, ref AvroBinaryReader input)
    {
        switch (type)
        {
            case AvroType.Null:
                break;
            case AvroType.Boolean:
                input.Skip(1);
                break;
            case AvroType.Float:
                input.Skip(4);
                break;
            case AvroType.Double:
                input.Skip(8);
                break;
            case AvroType.Bytes or AvroType.String:
                input.ReadBytes();
                break;
            default:
                input.ReadLong();
                break;
        }
    }

    private static void Blocks(AvroSchema content, bool keyed, ref AvroBinaryReader input)
    {
        for (var count = input.ReadBlockCount(out var size); count > 0; count = input.ReadBlockCount(out size))
        {
            if (size >= 0)
            {
                input.Skip(size);
                continue;
            }
            for (; count > 0; count--)
            {
                if (keyed) input.ReadBytes();
                Value(content, ref input);
            }
        }
    }
}
