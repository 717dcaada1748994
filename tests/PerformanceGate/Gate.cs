using System.Globalization;
using System.Text.Json;

namespace Gateway.PerformanceGate;

/// <summary>Compares what requests cost with the baseline, or writes it.</summary>
/// <param name="start">Starts node and reference afresh.</param>
/// <param name="file">The baseline.</param>
/// <param name="trace">Where each round is told.</param>
internal sealed class Gate(Func<Servers> start, string file, TextWriter trace)
{
    // How code and data happen to lie in memory is drawn anew at each start, and so is luck. Only what is worse every time is a failure.
    private const int Attempts = 3;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Measures, afresh as long as something is worse.</summary>
    /// <returns>Whether nothing is.</returns>
    public bool Check()
    {
        Dictionary<string, Cost> baseline = JsonSerializer.Deserialize<Dictionary<string, Cost>>(File.ReadAllText(file))!;
        Dictionary<string, string> worse = [];
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                worse = Measure(baseline, attempt == 1 ? null : worse.Keys);
                if (worse.Count == 0) break;
            }
            catch (Exception failure) when (failure is IOException or HttpRequestException && attempt < Attempts)
            {
                Console.WriteLine($"attempt {attempt} failed: {failure.Message}");
            }
        }
        if (worse.Count == 0)
        {
            Console.WriteLine("no request is dearer than the baseline allows");
            return true;
        }
        foreach ((string name, string what) in worse) Console.WriteLine($"WORSE than the baseline, {Attempts} times measured: a request of {name}: {what}");
        Console.WriteLine($"{worse.Count} of {baseline.Count} kinds of request are dearer than the baseline allows. Where that is meant, renew it, and commit it:");
        Console.WriteLine("    dotnet run --project tests/PerformanceGate -c Release -- --renew");
        return false;
    }

    /// <summary>Measures three times and writes the middle of each figure.</summary>
    public void Renew()
    {
        var seen = new Dictionary<string, List<Cost>>();
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            using Servers servers = start();
            using var rounds = new Rounds(servers, trace);
            foreach (Scenario scenario in servers.Scenarios)
            {
                Cost cost = rounds.Measure(scenario, null);
                Tell(scenario.Name, cost, "");
                if (!seen.TryGetValue(scenario.Name, out List<Cost>? costs)) seen[scenario.Name] = costs = [];
                costs.Add(cost);
            }
        }
        Dictionary<string, Cost> middle = seen.ToDictionary(static s => s.Key, static s => Middle(s.Value));
        File.WriteAllText(file, JsonSerializer.Serialize(middle, Indented) + "\n");
        Console.WriteLine($"written: {file}");
    }

    /// <summary>What is worse than the baseline, of all scenarios or of those named.</summary>
    private Dictionary<string, string> Measure(Dictionary<string, Cost> baseline, IReadOnlyCollection<string>? only)
    {
        var worse = new Dictionary<string, string>();
        using Servers servers = start();
        using var rounds = new Rounds(servers, trace);
        foreach (Scenario scenario in servers.Scenarios)
        {
            if (only is { Count: > 0 } && !only.Contains(scenario.Name)) continue;
            if (!baseline.TryGetValue(scenario.Name, out Cost? before))
                throw new InvalidOperationException($"{file} says nothing of {scenario.Name}: renew it with --renew");
            Cost cost = rounds.Measure(scenario, before);
            string what = string.Join("; ", cost.WorseThan(before));
            Tell(scenario.Name, cost, what.Length > 0 ? " WORSE" : "");
            if (what.Length > 0) worse[scenario.Name] = what;
        }
        return worse;
    }

    private static void Tell(string name, Cost cost, string verdict) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-16} {cost.Cpu:f2} × the reference's processor time, {cost.Allocated:f0} bytes allocated{verdict}"));

    private static Cost Middle(List<Cost> costs) => new(
        Math.Round(costs.Select(static c => c.Cpu).Order().ElementAt(costs.Count / 2), 2),
        Math.Round(costs.Select(static c => c.Allocated).Order().ElementAt(costs.Count / 2)));
}
