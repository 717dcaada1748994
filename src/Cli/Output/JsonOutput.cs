using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Output;

/// <summary>How the commands print JSON: indented for documents, one line for records of a stream.</summary>
public static class JsonOutput
{
    // The output goes to a terminal or a pipe, never into a web page: quotes and angle brackets stay readable.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document.</summary>
    public static void WriteDocument(TextWriter output, JsonNode document) => output.WriteLine(document.ToJsonString(Indented));

    /// <summary>A document and a line break, as UTF-8.</summary>
    public static byte[] Utf8Line(JsonNode document, bool indented) =>
        Encoding.UTF8.GetBytes(document.ToJsonString(indented ? Indented : Compact) + "\n");

    /// <summary>A document on one line.</summary>
    public static string OneLine(JsonNode document) => document.ToJsonString(Compact);
}
