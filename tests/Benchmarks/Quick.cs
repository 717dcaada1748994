using System.Diagnostics;
using System.Globalization;

namespace Gateway.Benchmarks;

/// <summary>
/// All operations in turn, round after round; medians over the rounds. The processor's time counts, not the clock's: the machine may have other
/// things to do.
/// </summary>
internal static class Quick
{
    private const int Rounds = 21;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    public static void Run(IReadOnlyList<Operation> operations)
    {
        var counts = operations.Select(Warm).ToList();
        var times = operations.Select(_ => new List<double>()).ToList();
        var allocated = new long[operations.Count];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < operations.Count; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var started = Environment.CpuUsage.TotalTime;
                for (var n = counts[i]; n > 0; n--) operations[i].Run();
                times[i].Add((Environment.CpuUsage.TotalTime - started).TotalMicroseconds / counts[i]);
                allocated[i] = (GC.GetAllocatedBytesForCurrentThread() - before) / counts[i];
            }
        }
        Console.WriteLine($"{"",-56} {"payload B",9} {"JSON B",7} {"CPU µs",8} {"payload MB/s",13} {"JSON MB/s",10} {"B allocated",12}");
        for (var i = 0; i < operations.Count; i++) Tell(operations[i], Median(times[i]), allocated[i]);
        Judge(operations, times);
    }

    /// <summary>Runs until the code is compiled for good, and finds how many runs make a slice.</summary>
    private static int Warm(Operation operation)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromMilliseconds(600);) operation.Run();
        var (started, runs) = (Environment.CpuUsage.TotalTime, 0);
        while (Environment.CpuUsage.TotalTime - started < Slice) runs += Repeat(operation, 50);
        return runs;
    }

    private static int Repeat(Operation operation, int times)
    {
        for (var i = times; i > 0; i--) operation.Run();
        return times;
    }

    private static void Tell(Operation operation, double micros, long allocated)
    {
        string Speed(int bytes) => bytes == 0 ? "" : (bytes / micros).ToString("f0", CultureInfo.InvariantCulture);
        string Size(int bytes) => bytes == 0 ? "" : bytes.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{operation.Name,-56} {Size(operation.PayloadBytes),9} {Size(operation.JsonBytes),7} {micros,8:f2} {Speed(operation.PayloadBytes),13} {Speed(operation.JsonBytes),10} {allocated,12}"));
    }

    /// <summary>The aim of the decoders, in this run's figures.</summary>
    private static void Judge(IReadOnlyList<Operation> operations, List<List<double>> times)
    {
        double Of(string name) => operations.Select((operation, i) => operation.Name == name ? Median(times[i]) : 0).Max();
        foreach (var language in new[] { "Avro", "Protobuf" })
        {
            var (decode, tokens) = (Of($"{language}: decode to JSON"), Of($"System.Text.Json: {language}'s JSON again, by tokens"));
            if (decode == 0) continue;
            var operation = operations.First(candidate => candidate.Name == $"{language}: decode to JSON");
            var (ofPayload, ofJson, share) = (operation.PayloadBytes / decode, operation.JsonBytes / decode, tokens / decode);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{language} to JSON: {ofPayload:f0} MB/s of payload, {ofJson:f0} MB/s of JSON, {share:p0} of the re-writing by tokens: {(ofPayload >= 100 || share >= 0.4 ? "as aimed at" : "MISSED")}"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
