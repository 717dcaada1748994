using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;

namespace Gateway.Fuzz.Hostile;

/// <summary>An input made to cost too much, and how it must end.</summary>
/// <param name="Language">The schema language.</param>
/// <param name="Name">What is hostile about it.</param>
/// <param name="Expected">Pattern of the right answers.</param>
/// <param name="Prepare">Makes the input, outside the time that counts, and gives what is to be done with it.</param>
public sealed record HostileCase(string Language, string Name, string Expected, Func<Func<string>> Prepare)
{
    // As little stack as any thread has that could come here.
    private const int StackBytes = 1 << 20;

    // Far more than any case may take on the busiest machine.
    private static readonly TimeSpan Hangs = TimeSpan.FromMinutes(3);

    /// <summary>Runs it; the answer, the time that passed, and the processor's time, which counts all threads and not the wait for a core.</summary>
    public (string Answer, TimeSpan Took, TimeSpan Processor) Run()
    {
        var (answer, took, processor) = ("", TimeSpan.Zero, TimeSpan.Zero);
        ExceptionDispatchInfo? thrown = null;
        var work = Prepare();
        var thread = new Thread(
            () =>
            {
                var started = Stopwatch.GetTimestamp();
                var before = Environment.CpuUsage.TotalTime;
                try
                {
                    answer = work();
                }
#pragma warning disable CA1031 // It is thrown again where it can be seen.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    thrown = ExceptionDispatchInfo.Capture(fault);
                }
                took = Stopwatch.GetElapsedTime(started);
                processor = Environment.CpuUsage.TotalTime - before;
            },
            StackBytes);
        thread.IsBackground = true;
        thread.Start();
        if (!thread.Join(Hangs)) throw new TimeoutException($"{this} has not ended after {Hangs}");
        thrown?.Throw();
        return (answer, took, processor);
    }

    /// <summary>Whether the answer is one of the right ones.</summary>
    public bool IsRight(string answer) => Regex.IsMatch(answer, Expected, RegexOptions.NonBacktracking);

    /// <inheritdoc/>
    public override string ToString() => $"{Language}: {Name}";
}
