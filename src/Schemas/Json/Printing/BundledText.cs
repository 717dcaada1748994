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
            Print(root);
            return;
        }
        var container = root.Draft >= JsonSchemaDraft.Draft201909 ? "$defs" : "definitions";
        var found = false;
        _output.Append('{');
        foreach (var keyword in root.Keywords)
        {
            if (_output[^1] != '{') _output.Append(',');
            CompactJson.AppendString(_output, keyword.Name);
            _output.Append(':');
            if (keyword.Name != container || keyword.Map is null)
            {
                PrintValue(root, keyword);
                continue;
            }
            found = true;
            PrintMap(keyword);
            _output.Length--;
            if (keyword.Map.Count > 0) _output.Append(',');
            PrintDocuments();
        }
        if (!found)
        {
            if (_output[^1] != '{') _output.Append(',');
            _output.Append('"').Append(container).Append("\":{");
            PrintDocuments();
        }
        _output.Append('}');
    }

    private void PrintDocuments()
    {
        foreach (var document in _documents.Skip(1))
        {
            CompactJson.AppendString(_output, IdOf(document));
            _output.Append(":{");
            CompactJson.AppendString(_output, document.Draft.IdKeyword());
            _output.Append(':');
            CompactJson.AppendString(_output, IdOf(document));
            // An id beside a $ref is ignored in the older drafts, and a boolean has no place for one.
            if (document.Json.ValueKind != JsonValueKind.Object || (document.Draft.RefStandsAlone() && document.Find("$ref") is not null))
            {
                _output.Append(",\"allOf\":[");
                Print(document);
                _output.Append(']');
            }
            else
            {
                foreach (var keyword in document.Keywords.Where(keyword => keyword.Name != document.Draft.IdKeyword()))
                {
                    _output.Append(',');
                    CompactJson.AppendString(_output, keyword.Name);
                    _output.Append(':');
                    PrintValue(document, keyword);
                }
            }
            _output.Append("},");
        }
        _output.Length--;
        _output.Append('}');
    }

    private void Print(SchemaNode node)
    {
        if (node.Json.ValueKind != JsonValueKind.Object)
        {
            CompactJson.AppendValue(_output, node.Json, exact: true);
            return;
        }
        _output.Append('{');
        foreach (var keyword in node.Keywords)
        {
            if (!ReferenceEquals(keyword, node.Keywords[0])) _output.Append(',');
            CompactJson.AppendString(_output, keyword.Name);
            _output.Append(':');
            PrintValue(node, keyword);
        }
        _output.Append('}');
    }

    private void PrintValue(SchemaNode node, SchemaKeyword keyword)
    {
        if (keyword.Schema is not null) Print(keyword.Schema);
        else if (keyword.List is not null)
        {
            _output.Append('[');
            for (var i = 0; i < keyword.List.Count; i++)
            {
                if (i > 0) _output.Append(',');
                Print(keyword.List[i]);
            }
            _output.Append(']');
        }
        else if (keyword.Map is not null) PrintMap(keyword);
        else if (Rewritten(node, keyword) is { } reference) CompactJson.AppendString(_output, reference);
        else CompactJson.AppendValue(_output, keyword.Value, exact: true);
    }

    private void PrintMap(SchemaKeyword keyword)
    {
        _output.Append('{');
        foreach (var (name, value) in CompactJson.Members(keyword.Value))
        {
            if (_output[^1] != '{') _output.Append(',');
            CompactJson.AppendString(_output, name);
            _output.Append(':');
            if (keyword.Named(name) is { } schema) Print(schema);
            else CompactJson.AppendValue(_output, value, exact: true);
        }
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
