using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Cli.Registry.Commands;

/// <summary><c>gateway registry schema list</c>.</summary>
internal static class SchemaList
{
    private const int PageSize = 1000;

    public static Command Create(RegistryOptionSet options)
    {
        var command = new Command("list", """
            List the versions of all subjects, or of some.

            Example:
              gateway registry schema list
              gateway registry schema list orders-value --deleted
            """);
        command.Aliases.Add("ls");
        var subjects = new Argument<string[]>("SUBJECT") { Arity = ArgumentArity.ZeroOrMore, Description = "The subjects; none means all." };
        var deleted = new Option<bool>("--deleted") { Description = "Softly deleted versions, too." };
        command.Add(subjects);
        command.Add(deleted);
        command.SetAction((parsed, cancel) => options.WithRegistryAsync(parsed, async registry =>
        {
            var wanted = parsed.GetValue(subjects)!.Select(registry.NameOf).ToHashSet(StringComparer.Ordinal);
            string prefix = wanted.Count == 1 ? Uri.EscapeDataString(wanted.First()) : wanted.Any(static name => name.StartsWith(":.", StringComparison.Ordinal)) ? ":*:" : "";
            var rows = new List<SchemaRow>();
            // A page at a time: a request for each subject would take minutes in a large registry.
            for (int offset = 0; ; offset += PageSize)
            {
                string query = string.Create(CultureInfo.InvariantCulture, $"?offset={offset}&limit={PageSize}&subjectPrefix={prefix}");
                JsonElement page = await registry.GetAsync($"/schemas{query}{(parsed.GetValue(deleted) ? "&deleted=true" : "")}", cancel);
                rows.AddRange(page.EnumerateArray().Select(registry.RowOf));
                if (page.GetArrayLength() < PageSize) break;
            }
            if (wanted.Count > 0) rows.RemoveAll(row => !wanted.Contains(row.Subject));
            SchemaRows.Write(rows, options.FormatOf(parsed), parsed.InvocationConfiguration.Output);
            var missing = wanted.Where(name => rows.TrueForAll(row => row.Subject != name)).ToList();
            return missing.Count == 0 ? 0 : throw new CommandException($"there is no subject {string.Join(", ", missing)}");
        }));
        return command;
    }
}
