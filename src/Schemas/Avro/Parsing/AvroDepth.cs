using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Avro.Parsing;

/// <summary>
/// How deep a schema is with everything it refers to in its place. Each text alone is only as deep as its brackets, but each may rest on the
/// one before; whoever walks through all of them (to print them resolved, say) has to come back.
/// </summary>
internal static class AvroDepth
{
    /// <exception cref="SchemaBudgetException">The schema is deeper than the budget allows.</exception>
    public static void Check(AvroSchema schema, BudgetMeter meter) => Visit(schema, meter, []);

    private static void Visit(AvroSchema schema, BudgetMeter meter, HashSet<AvroSchema> seen)
    {
        // A type is walked through where it is met first, as printing does.
        if (schema is AvroNamed && !seen.Add(schema)) return;
        meter.Enter();
        switch (schema)
        {
            case AvroRecord record:
                foreach (var field in record.Fields) Visit(field.Schema, meter, seen);
                break;
            case AvroArray array:
                Visit(array.Items, meter, seen);
                break;
            case AvroMap map:
                Visit(map.Values, meter, seen);
                break;
            case AvroUnion union:
                foreach (var branch in union.Branches) Visit(branch, meter, seen);
                break;
        }
        meter.Leave();
    }
}
