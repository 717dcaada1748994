using System.Text;
using System.Text.Json;
using Gateway.Common.Json;
using Gateway.Schemas.Avro.Model;
using Gateway.Schemas.Avro.Parsing;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Avro;

/// <summary>Apache Avro.</summary>
public sealed class AvroLanguage : ISchemaLanguage
{
    /// <inheritdoc/>
    public string SchemaType => SchemaTypes.Avro;

    /// <inheritdoc/>
    public SchemaParseResult Parse(string text, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(options);
        var bytes = Encoding.UTF8.GetByteCount(text) + references.Sum(reference => (long)Encoding.UTF8.GetByteCount(reference.Text));
        if (bytes > options.Budget.MaxTextBytes)
            return new SchemaParseResult(new SchemaError($"The schema is longer than {options.Budget.MaxTextBytes} bytes, which is the limit"));

        var names = new AvroNames();
        var meter = options.Budget.Start();
        foreach (var reference in references)
        {
            // What is referred to is stored already, so it is read as leniently as anything stored.
            if (ParseOne(reference.Text, names, strict: false, meter, options.Budget, out var fault) is null)
                return new SchemaParseResult(fault! with { Message = $"In reference {reference.Reference.Name}: {fault.Message}" });
        }
        var known = names.All.Select(type => type.Name.Full).ToHashSet(StringComparer.Ordinal);
        if (ParseOne(text, names, options.Strict, meter, options.Budget, out var error) is not { } schema) return new SchemaParseResult(error!);
        if (TooDeep(schema, references, meter) is { } tooDeep) return new SchemaParseResult(tooDeep);
        return new SchemaParseResult(new AvroDocument(
            schema, known, [.. references.Where(reference => reference.IsDirect).Select(reference => reference.Reference)]));
    }

    private static SchemaError? TooDeep(AvroSchema schema, IReadOnlyList<ResolvedReference> references, BudgetMeter meter)
    {
        if (references.Count == 0) return null;
        try
        {
            AvroDepth.Check(schema, meter);
            return null;
        }
        catch (SchemaBudgetException fault)
        {
            return new SchemaError($"With its references in place, the schema is too big: {fault.Message}", "", 1, 1);
        }
    }

    private static AvroSchema? ParseOne(
        string text, AvroNames names, bool strict, BudgetMeter meter, SchemaBudget budget, out SchemaError? error)
    {
        error = null;
        var utf8 = Encoding.UTF8.GetBytes(text);
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(
                utf8, new JsonDocumentOptions { MaxDepth = budget.MaxDepth, CommentHandling = JsonCommentHandling.Skip });
            root = document.RootElement.Clone();
            if (JsonEscapes.HasLoneSurrogate(utf8))
            {
                error = new SchemaError("A string is not text: it has half of an escaped surrogate pair", "", 1, 1);
                return null;
            }
        }
        catch (JsonException fault)
        {
            var reason = JsonDepth.Exceeds(utf8, budget.MaxDepth)
                ? $"It is nested more than {budget.MaxDepth} levels deep, which is the limit"
                : $"It is not JSON: {JsonSyntax.Describe(fault, utf8)}";
            error = new SchemaError(reason, "", JsonSyntax.Line(fault), JsonSyntax.Column(fault));
            return null;
        }
        var parser = new AvroParser(names, strict, meter);
        try
        {
            return parser.Parse(root, null);
        }
        catch (AvroParseException fault)
        {
            error = At(fault.Message, parser, utf8, budget);
        }
        catch (SchemaBudgetException fault)
        {
            error = At(fault.Message, parser, utf8, budget);
        }
        catch (InsufficientExecutionStackException)
        {
            error = At("nested too deep", parser, utf8, budget);
        }
        catch (InvalidOperationException fault)
        {
            // Half a surrogate pair, escaped: valid JSON that is not text.
            error = At(fault.Message, parser, utf8, budget);
        }
        return null;
    }

    private static SchemaError At(string message, AvroParser parser, ReadOnlySpan<byte> utf8, SchemaBudget budget)
    {
        var options = new JsonReaderOptions { MaxDepth = budget.MaxDepth, CommentHandling = JsonCommentHandling.Skip };
        var (line, column) = JsonLocation.Find(utf8, parser.Path, options);
        return new SchemaError(message, JsonLocation.Pointer(parser.Path), line, column);
    }
}
