using System.CommandLine;
using System.Globalization;
using Gateway.Bench.Load;
using Gateway.Bench.Measuring;
using Gateway.Bench.Reports;
using Gateway.Cli;
using Gateway.Cli.Connections;
using Gateway.Cli.Output;
using Gateway.Cli.Records;

namespace Gateway.Bench.Commands;

/// <summary>What every load command takes, and how its report goes out.</summary>
internal sealed class LoadOptions(ClientOptionSet client)
{
    private readonly Option<double> _rate = new("--rate") { Description = "Records a second over all connections, sent on time whatever the answers do; 0 for as fast as possible.", HelpName = "N" };
    private readonly Option<string> _duration = new("-d", "--duration") { Description = "How long to measure.", HelpName = "TIME", DefaultValueFactory = _ => "10s" };
    private readonly Option<string> _warmUp = new("--warm-up") { Description = "How long to load before measuring.", HelpName = "TIME", DefaultValueFactory = _ => "3s" };
    private readonly Option<int> _serverPid = new("--server-pid") { Description = "The server's process, for its processor time and memory. Default: whoever listens there, if it is this machine.", HelpName = "PID" };
    private readonly Option<string?> _svg = new("--svg") { Description = "Also draw the latencies into this file.", HelpName = "FILE" };

    /// <summary>The connection options shared with the other commands.</summary>
    public ClientOptionSet Client => client;

    /// <summary>Adds them to a command; one that reads as fast as it can has no rate.</summary>
    public void AddTo(Command command, bool paced = true)
    {
        if (paced) command.Add(_rate);
        foreach (Option option in new Option[] { _duration, _warmUp, _serverPid, _svg }) command.Add(option);
    }

    /// <summary>Rate, warm-up and duration as asked for. Ask before any work: nobody wants to learn of a wrong option when the run is over.</summary>
    /// <exception cref="CommandException">One of all options of a load makes no sense.</exception>
    public LoadSettings SettingsOf(ParseResult parsed)
    {
        _ = client.FormatOf(parsed);
        if (parsed.GetValue(_serverPid) is not 0 and var pid && ProcessUsage.Of(pid) is null)
            throw new CommandException($"--server-pid: {pid} is no process whose processor time can be read here; leave it out to have it looked for");
        if (parsed.GetValue(_svg) is { } file) Write(file, File.AppendAllText, "");
        double rate = parsed.GetValue(_rate);
        if (!(rate >= 0)) throw new CommandException($"--rate: {rate.ToString(CultureInfo.InvariantCulture)} is no rate; use a number above 0, or 0 for as fast as possible");
        return new LoadSettings(TimeOf(parsed.GetValue(_warmUp)!, "--warm-up", mayBeZero: true), TimeOf(parsed.GetValue(_duration)!, "--duration", mayBeZero: false), rate);
    }

    /// <summary>The server's process.</summary>
    public int? ServerPidOf(ParseResult parsed, string host, int port) =>
        parsed.GetValue(_serverPid) is > 0 and var pid ? pid : ListeningProcess.Find(host, port);

    /// <summary>Where lines of progress go: to a terminal only, and not between the lines of JSON.</summary>
    public static TextWriter? Progress => Console.IsErrorRedirected ? null : Console.Error;

    /// <summary>Prints the report and draws it if asked to. The exit code is 1 when requests failed or none was answered.</summary>
    public int Tell(ParseResult parsed, BenchReport report)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (client.FormatOf(parsed) == OutputFormat.Json) JsonOutput.WriteDocument(output, report.ToJson());
        else report.WriteTable(output);
        if (parsed.GetValue(_svg) is { } file)
        {
            Write(file, File.WriteAllText, LatencyPlot.Draw($"gateway bench {report.Command}", [(report.Caption, report.Latency)]));
        }
        return report.Result.Counts.Errors.Count == 0 && report.Result.Failure is null ? 0 : 1;
    }

    /// <summary>The settings all reports tell.</summary>
    public static IEnumerable<(string Name, string Value)> Told(LoadSettings settings)
    {
        yield return ("rate asked", settings.RecordsPerSecond == 0 ? "as fast as possible" : settings.RecordsPerSecond.ToString("N0", CultureInfo.InvariantCulture) + " records/s");
        yield return ("measured", $"{settings.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s after {settings.WarmUp.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s of warm-up");
    }

    private static void Write(string file, Action<string, string> write, string text)
    {
        try
        {
            write(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"--svg: {file} cannot be written: {e.Message}", e);
        }
    }

    private static TimeSpan TimeOf(string text, string option, bool mayBeZero) =>
        GoDuration.TryParse(text, out TimeSpan time) && (mayBeZero || time > TimeSpan.Zero)
            ? time
            : throw new CommandException($"{option}: '{text}' is no time; use 500ms, 10s or 2m");
}
