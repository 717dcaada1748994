using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary>Compiles a schema and everything it leads to. Works from a list, not by recursion: chains of references may be long.</summary>
/// <param name="meter">Counts the schemas.</param>
/// <param name="strict">Whether what cannot be compiled is a fault; otherwise validation fails when it gets there.</param>
internal sealed class SchemaCompiler(BudgetMeter meter, bool strict)
{
    private readonly Dictionary<SchemaNode, CompiledSchema> _compiled = [];
    private readonly Dictionary<SchemaNode, SchemaNode> _ends = [];
    private readonly HashSet<SchemaResource> _resources = [];
    private readonly Queue<CompiledSchema> _waiting = new();

    /// <summary>Whether what cannot be compiled is a fault.</summary>
    public bool IsStrict => strict;

    /// <summary>Whether some reference depends on who refers here.</summary>
    public bool UsesScope { get; set; }

    /// <summary>Compiles.</summary>
    /// <exception cref="SchemaFault">Something cannot be compiled.</exception>
    public static SchemaValidator Compile(SchemaNode root, BudgetMeter meter, bool strict)
    {
        var compiler = new SchemaCompiler(meter, strict);
        var start = compiler.Of(root);
        while (compiler._waiting.TryDequeue(out var schema)) compiler.Fill(schema);
        if (strict && EndlessLoop.Find(compiler._compiled.Values) is { } endless)
            throw new SchemaFault("the schema leads back to itself for the same value, which never ends", endless.Node, "");
        return new SchemaValidator(start, compiler._compiled, compiler.UsesScope);
    }

    /// <summary>The compiled form of a schema, which may still be empty.</summary>
    public CompiledSchema Of(SchemaNode node)
    {
        node = EndOfChain(node);
        if (_compiled.TryGetValue(node, out var known)) return known;
        meter.Step();
        var schema = new CompiledSchema(node);
        _compiled.Add(node, schema);
        _waiting.Enqueue(schema);
        // Whoever looks for a dynamic anchor may find any of this resource's.
        if (_resources.Add(node.Resource))
        {
            foreach (var anchored in node.Resource.DynamicAnchors.Values) Of(anchored);
            if (node.Resource.IsRecursiveAnchor) Of(node.Resource.Root);
        }
        return schema;
    }

    /// <summary>Passes over schemas that are nothing but a reference, so that ten thousand in a row cost one step at validation.</summary>
    private SchemaNode EndOfChain(SchemaNode node)
    {
        if (Next(node) is null) return node;
        var passed = new List<SchemaNode>();
        var onPath = new HashSet<SchemaNode>();
        while (Next(node) is { } next && !_ends.ContainsKey(node))
        {
            if (!onPath.Add(node))
            {
                // Round in a circle: each stands for itself, and the loop is found later.
                foreach (var each in passed) _ends[each] = each;
                return passed[0];
            }
            passed.Add(node);
            node = next;
        }
        var end = _ends.GetValueOrDefault(node, node);
        foreach (var each in passed) _ends[each] = end;
        return end;
    }

    private static SchemaNode? Next(SchemaNode node)
    {
        if (node.Reference is not { Node: { } target, DynamicAnchor: null } || node.SecondReference is not null) return null;
        if (node.Keywords.Count > 1 && !node.Draft.RefStandsAlone()) return null;
        // Other resources stay in sight: they may hold anchors that are looked for.
        return ReferenceEquals(target.Resource, node.Resource) ? target : null;
    }

    private void Fill(CompiledSchema schema)
    {
        var node = schema.Node;
        var checks = new List<Check>();
        Check? unevaluated = null;
        if (node.Reference is not null) checks.Add(ReferenceCompiler.Compile(node, node.Reference, this));
        if (node.Reference is null || !node.Draft.RefStandsAlone())
        {
            if (node.SecondReference is not null) checks.Add(ReferenceCompiler.Compile(node, node.SecondReference, this));
            var vocabularies = node.Resource.Dialect.Vocabularies;
            if (vocabularies.HasFlag(SchemaVocabularies.Validation)) AssertionCompiler.Compile(node, checks, this);
            if (vocabularies.HasFlag(SchemaVocabularies.Applicator)) ApplicatorCompiler.Compile(node, checks, this);
            if (vocabularies.HasFlag(SchemaVocabularies.Unevaluated)) unevaluated = ApplicatorCompiler.Unevaluated(node, this);
        }
        schema.SetChecks(checks, unevaluated);
    }
}
