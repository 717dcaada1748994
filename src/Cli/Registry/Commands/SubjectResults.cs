using System.Text.Json.Nodes;
using Gateway.Cli.Output;

namespace Gateway.Cli.Registry.Commands;

/// <summary>Does something to each subject in turn and reports a line for each; one failure among many makes the command fail.</summary>
internal static class SubjectResults
{
    private const int Done = 0, Failed = 1;

    /// <param name="subjects">The subjects; null stands for the whole registry or context.</param>
    /// <param name="column">What the middle column is called.</param>
    /// <param name="action">Gives what the middle column says.</param>
    /// <param name="format">Table or JSON.</param>
    /// <param name="output">Where to.</param>
    public static async Task<int> ForEachAsync(
        IEnumerable<string?> subjects, string column, Func<string?, Task<string>> action, OutputFormat format, TextWriter output)
    {
        var table = new TextTable("SUBJECT", column, "ERROR");
        var json = new JsonArray();
        int code = Done;
        foreach (string? subject in subjects)
        {
            string? value = null, error = null;
            try
            {
                value = await action(subject);
            }
            catch (CommandException failure)
            {
                (error, code) = (failure.Message, Failed);
            }
            string shown = subject ?? "{GLOBAL}";
            table.Add(shown, value, error);
            json.Add((JsonNode)new JsonObject { ["subject"] = shown, [column.ToLowerInvariant()] = value, ["error"] = error });
        }
        if (format == OutputFormat.Json) JsonOutput.WriteDocument(output, json);
        else table.WriteTo(output);
        return code;
    }
}
