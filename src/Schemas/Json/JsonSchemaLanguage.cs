using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Json.Validation;

namespace Gateway.Schemas.Json;

/// <summary>JSON Schema: drafts 4, 6, 7, 2019-09 and 2020-12; 7 where the text does not say.</summary>
public sealed class JsonSchemaLanguage : ISchemaLanguage
{
    /// <inheritdoc/>
    public string SchemaType => SchemaTypes.Json;

    /// <inheritdoc/>
    public SchemaParseResult Parse(string text, IReadOnlyList<ResolvedReference> references, SchemaParseOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(options);
        if (SchemaReader.Read(text, references, options.Budget, out var set, out var error) is not { } root) return new SchemaParseResult(error!);
        try
        {
            if (options.Strict)
            {
                MetaSchemaCheck.Check(root, set, options.Budget);
                if (set.Dangling.Find(node => ReferenceEquals(node.Document, root)) is { } dangling) throw Dangling(dangling);
            }
            var validator = SchemaCompiler.Compile(root, options.Budget.Start(), options.Strict);
            return new SchemaParseResult(new JsonSchemaDocument(root, validator, [.. references
                .Where(reference => reference.IsDirect).Select(reference => reference.Reference)]));
        }
        catch (SchemaFault fault)
        {
            return new SchemaParseResult(ReferenceEquals(fault.Document, root)
                ? SchemaReader.At(fault.Message, text, fault.Pointer, options.Budget)
                : new SchemaError($"In reference {fault.Document.Resource.Uri}: {fault.Message}", fault.Pointer));
        }
        catch (SchemaDataException fault)
        {
            // The meta-schema is somebody's own, or this very text, and has a reference that leads nowhere.
            return new SchemaParseResult(new SchemaError($"The schema cannot be held against its meta-schema: {fault.Message}", "", 1, 1));
        }
        catch (SchemaBudgetException exceeded)
        {
            return new SchemaParseResult(new SchemaError($"The schema is too much to check: {exceeded.Message}", "", 1, 1));
        }
        catch (InsufficientExecutionStackException)
        {
            return new SchemaParseResult(new SchemaError("The schema is nested too deep", "", 1, 1));
        }
    }

    private static SchemaFault Dangling(SchemaNode node)
    {
        var reference = node.Reference is { Node: null } first ? first : node.SecondReference!;
        return new SchemaFault(ReferenceCompiler.Advice(reference), node, "/" + reference.Keyword);
    }
}
