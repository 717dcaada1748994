using System.Text;
using Gateway.Fuzz.Engine;
using Gateway.Schemas;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// A schema and an instance: it is valid or not, or takes too much to tell; and the verdict is the same for the instance written again, and for whoever
/// encodes it.
/// </summary>
internal sealed class SchemaValidate(string language, string schemaType, IReadOnlyList<string> dictionary) : ITarget
{
    private readonly SchemaData _data = new(schemaType);

    public string Name => $"{language}-validate";

    public IReadOnlyList<string> Dictionary => dictionary;

    public bool IsBinary => false;

    public string Try(ReadOnlySpan<byte> input)
    {
        if (_data.Split(input, out var instance) is not { } schema) return "no schema";
        byte[] again;
        try
        {
            again = SchemaData.Decode(schema, instance, JsonForm.Exact);
        }
        catch (SchemaDataException fault)
        {
            return $"refused: {Outcomes.Shape(fault.Message)}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {Outcomes.Shape(fault.Message)}";
        }
        var verdict = Verdict(schema, instance);
        if (!verdict.StartsWith("too much", StringComparison.Ordinal))
        {
            Same(verdict, Verdict(schema, again), "written again", again);
            Same(verdict, Encoded(schema, instance), "encoded", instance);
        }
        return verdict == "valid" ? $"valid: {Outcomes.Kinds(Encoding.UTF8.GetString(again))}" : Outcomes.Shape(verdict);
    }

    private static void Same(string verdict, string other, string what, ReadOnlySpan<byte> instance)
    {
        // Which fault is told first may differ; that there is one may not.
        if ((verdict == "valid") != (other == "valid"))
            throw new FindingException($"is {verdict}, but {other} when {what}: {Encoding.UTF8.GetString(instance)}");
    }

    private static string Verdict(ISchema schema, ReadOnlySpan<byte> instance)
    {
        try
        {
            schema.Validate(instance, SchemaBudget.Default);
            return "valid";
        }
        catch (SchemaDataException fault)
        {
            return $"not valid: {fault.Message}";
        }
        catch (SchemaBudgetException fault)
        {
            return $"too much: {fault.Message}";
        }
    }

    private static string Encoded(ISchema schema, ReadOnlySpan<byte> instance)
    {
        try
        {
            SchemaData.Encode(schema, instance, JsonForm.Exact);
            return "valid";
        }
        catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
        {
            return $"not valid: {fault.Message}";
        }
    }
}
