using System.CommandLine;
using Gateway.Cli.Registry;

namespace Gateway.Cli;

/// <summary>Runs a command line and turns every expected failure into one line on standard error and an exit code.</summary>
public static class CommandLineRunner
{
    private const int Failed = 1, WrongUsage = 2, Interrupted = 130;

    /// <summary>Parses and runs.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse([.. args.Select(SchemaOptionSet.Complete)]);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"gateway: {error.Message}");
            await Console.Error.WriteLineAsync($"gateway: '{CommandPath(parsed)} --help' shows what it takes");
            return WrongUsage;
        }
        // A command reports its own failures; the library's handler would print a stack trace.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        };
        try
        {
            return await parsed.InvokeAsync(configuration, interrupt.Token);
        }
        catch (CommandException e)
        {
            await Console.Error.WriteLineAsync($"{CommandPath(parsed)}: {e.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult) names.Insert(0, result.Command.Name);
        names[0] = "gateway";
        return string.Join(' ', names);
    }
}
