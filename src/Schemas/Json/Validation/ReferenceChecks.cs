using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>Chooses the check for a reference.</summary>
internal static class ReferenceCompiler
{
    public static Check Compile(SchemaNode node, SchemaReferenceTarget reference, SchemaCompiler compiler)
    {
        if (reference.Node is null)
        {
            if (compiler.IsStrict) throw new SchemaFault(Advice(reference), node, "/" + reference.Keyword);
            return new DanglingReferenceCheck(node, reference);
        }
        var target = compiler.Of(reference.Node);
        if (reference.DynamicAnchor is null) return new ReferenceCheck(node, reference.Keyword, target);
        compiler.UsesScope = true;
        return new DynamicReferenceCheck(node, reference.Keyword, reference.DynamicAnchor, target);
    }

    /// <summary>What to do about a reference that leads nowhere.</summary>
    public static string Advice(SchemaReferenceTarget reference) =>
        $"{reference.Keyword} \"{reference.Text}\" leads to {reference.Uri.Replace(SchemaUri.Unnamed, "", StringComparison.Ordinal)}, "
        + "which is not here. Nothing is fetched: register that schema and list it as a reference under this name, or correct the pointer or anchor";
}

/// <summary><c>$ref</c>.</summary>
internal sealed class ReferenceCheck(SchemaNode node, string keyword, CompiledSchema target) : Check(node, keyword)
{
    public override IEnumerable<CompiledSchema> AppliedInPlace => [target];

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) => target.Accepts(value, run, evaluated);

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}

/// <summary>
/// <c>$dynamicRef</c>, and <c>$recursiveRef</c> where it is not a plain reference: the outermost resource that has the anchor decides.
/// </summary>
internal sealed class DynamicReferenceCheck(SchemaNode node, string keyword, string anchor, CompiledSchema otherwise) : Check(node, keyword)
{
    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) =>
        Target(run).Accepts(value, run, evaluated);

    public override string? Explain(in JsonElement value, ValidationRun run) => null;

    private CompiledSchema Target(ValidationRun run)
    {
        foreach (var resource in run.Scope)
        {
            var node = anchor.Length > 0 ? resource.DynamicAnchors.GetValueOrDefault(anchor) : resource.IsRecursiveAnchor ? resource.Root : null;
            if (node is not null && run.Find(node) is { } schema) return schema;
        }
        return otherwise;
    }
}

/// <summary>A reference that leads nowhere, in a schema that was stored elsewhere and has to be readable still.</summary>
internal sealed class DanglingReferenceCheck(SchemaNode node, SchemaReferenceTarget reference) : Check(node, reference.Keyword)
{
    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) =>
        throw new SchemaDataException($"The value cannot be validated: {ReferenceCompiler.Advice(reference)}");

    public override string? Explain(in JsonElement value, ValidationRun run) => null;
}
