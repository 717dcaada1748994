using System.Text;

namespace Gateway.Admin;

/// <summary>Replaces the top-level <c>servers:</c> block of an OpenAPI document in block-style YAML, leaving every other byte as written.</summary>
public static class OpenApiServers
{
    /// <summary>The document with one server.</summary>
    public static string Replace(string document, string url)
    {
        var result = new StringBuilder(document.Length + 64);
        bool inBlock = false, written = false;
        foreach (ReadOnlySpan<char> line in document.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("servers:"))
            {
                inBlock = written = true;
                result.Append("servers:\n  - url: ").Append(url).Append('\n');
            }
            else if (!inBlock || StartsNextKey(line))
            {
                inBlock = false;
                result.Append(line).Append('\n');
            }
        }
        result.Length--;
        if (!written) result.Append("servers:\n  - url: ").Append(url).Append('\n');
        return result.ToString();
    }

    private static bool StartsNextKey(ReadOnlySpan<char> line) => line.Length > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('-' or '#');
}
