using System.Text;
using System.Text.Json;
using Gateway.Schemas.Json.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Json.Printing;

/// <summary>Prints schemas compactly, some of them otherwise than they were written.</summary>
/// <param name="output">Where to.</param>
/// <param name="rewritten">What a reference is written as instead, or null.</param>
/// <param name="isLeftOut">Whether a schema is replaced by an empty one.</param>
internal sealed class SchemaPrinter(
    StringBuilder output, Func<SchemaNode, SchemaKeyword, string?>? rewritten = null, Func<SchemaNode, bool>? isLeftOut = null)
{
    /// <summary>Prints a schema.</summary>
    public void Print(SchemaNode node)
    {
        if (isLeftOut?.Invoke(node) == true)
        {
            output.Append("{}");
            return;
        }
        if (node.Json.ValueKind != JsonValueKind.Object)
        {
            CompactJson.AppendValue(output, node.Json, exact: true);
            return;
        }
        output.Append('{');
        PrintKeywords(node, node.Keywords);
        output.Append('}');
    }

    /// <summary>Prints keywords of a schema with their values, without the braces around.</summary>
    public void PrintKeywords(SchemaNode node, IEnumerable<SchemaKeyword> keywords)
    {
        foreach (var keyword in keywords)
        {
            if (output[^1] != '{') output.Append(',');
            CompactJson.AppendString(output, keyword.Name);
            output.Append(':');
            PrintValue(node, keyword);
        }
    }

    /// <summary>Prints the members of a keyword that holds schemas by name, without the braces around.</summary>
    public void PrintMembers(SchemaKeyword keyword)
    {
        foreach (var (name, value) in CompactJson.Members(keyword.Value))
        {
            if (output[^1] != '{') output.Append(',');
            CompactJson.AppendString(output, name);
            output.Append(':');
            if (keyword.Named(name) is { } schema) Print(schema);
            else CompactJson.AppendValue(output, value, exact: true);
        }
    }

    private void PrintValue(SchemaNode node, SchemaKeyword keyword)
    {
        if (keyword.Schema is not null) Print(keyword.Schema);
        else if (keyword.List is not null)
        {
            output.Append('[');
            for (var i = 0; i < keyword.List.Count; i++)
            {
                if (i > 0) output.Append(',');
                Print(keyword.List[i]);
            }
            output.Append(']');
        }
        else if (keyword.Map is not null)
        {
            output.Append('{');
            PrintMembers(keyword);
            output.Append('}');
        }
        else if (rewritten?.Invoke(node, keyword) is { } reference) CompactJson.AppendString(output, reference);
        else CompactJson.AppendValue(output, keyword.Value, exact: true);
    }
}
