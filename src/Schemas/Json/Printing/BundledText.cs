using System.Text;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Printing;

/// <summary>
/// A schema with the texts it refers to built in, as the specification bundles them: each stands under <c>$defs</c> (older: <c>definitions</c>)
/// with its URI as its id, and references are written with that URI. Recursion stays recursion, which writing schemas out in place could not do.
/// </summary>
internal sealed class BundledText
{
    private readonly StringBuilder _output = new();
    private readonly List<SchemaNode> _documents = [];
    private readonly SchemaPrinter _printer;

    private BundledText() => _printer = new SchemaPrinter(_output, Rewritten);

    /// <summary>The text.</summary>
    public static string Of(SchemaNode root)
    {
        var text = new BundledText();
        text.FindDocuments(root);
        text.PrintRoot(root);
        return text._output.ToString();
    }

    /// <summary>The texts led to from one, itself first. Meta-schemas are known everywhere and stay outside.</summary>
    private void FindDocuments(SchemaNode root)
    {
        _documents.Add(root);
        for (var i = 0; i < _documents.Count; i++)
        {
            var nodes = new Stack<SchemaNode>([_documents[i]]);
            while (nodes.TryPop(out var node))
            {
                foreach (var child in node.Children) nodes.Push(child);
                foreach (var target in new[] { node.Reference?.Node, node.SecondReference?.Node })
                {
                    if (target?.Document is { } document && !_documents.Contains(document) && !IsMetaSchema(document)) _documents.Add(document);
                }
            }
        }
    }

    private static bool IsMetaSchema(SchemaNode document) => ReferenceEquals(MetaSchemas.Bundled.Find(document.Resource.Uri)?.Root, document);

    private void PrintRoot(SchemaNode root)
    {
        if (_documents.Count == 1 || root.Json.ValueKind != JsonValueKind.Object)
        {
            _printer.Print(root);
            return;
        }
        var place = root.Draft >= JsonSchemaDraft.Draft201909 ? "$defs" : "definitions";
        var container = root.Find(place);
        _output.Append('{');
        _printer.PrintKeywords(root, root.Keywords.Where(keyword => keyword != container));
        if (_output[^1] != '{') _output.Append(',');
        _output.Append('"').Append(place).Append("\":{");
        if (container?.Map is not null) _printer.PrintMembers(container);
        foreach (var document in _documents.Skip(1)) PrintDocument(document);
        _output.Append("}}");
    }

    private void PrintDocument(SchemaNode document)
    {
        if (_output[^1] != '{') _output.Append(',');
        CompactJson.AppendString(_output, IdOf(document));
        _output.Append(":{");
        CompactJson.AppendString(_output, document.Draft.IdKeyword());
        _output.Append(':');
        CompactJson.AppendString(_output, IdOf(document));
        // An id beside a $ref is ignored in the older drafts, and a boolean has no place for one.
        if (document.Json.ValueKind != JsonValueKind.Object || (document.Draft.RefStandsAlone() && document.Find("$ref") is not null))
        {
            _output.Append(",\"allOf\":[");
            _printer.Print(document);
            _output.Append(']');
        }
        else _printer.PrintKeywords(document, document.Keywords.Where(keyword => keyword.Name != document.Draft.IdKeyword()));
        _output.Append('}');
    }

    /// <summary>A reference that found its text by another name than the text's own URI, written with that URI.</summary>
    private static string? Rewritten(SchemaNode node, SchemaKeyword keyword)
    {
        var reference = node.Reference?.Keyword == keyword.Name ? node.Reference
            : node.SecondReference?.Keyword == keyword.Name ? node.SecondReference : null;
        if (reference?.Node?.Document is not { } document || ReferenceEquals(document, node.Document) || IsMetaSchema(document)) return null;
        var hash = reference.Text.IndexOf('#', StringComparison.Ordinal);
        var uri = SchemaUri.Split(reference.Uri).Uri;
        for (var at = reference.Node; at is not null; at = at.Parent)
        {
            if (at.Resource.Uri == uri) return null;
        }
        return IdOf(document) + (hash < 0 ? "" : reference.Text[hash..]);
    }

    private static string IdOf(SchemaNode document) => document.Resource.Uri.Replace(SchemaUri.Unnamed, "", StringComparison.Ordinal);
}
