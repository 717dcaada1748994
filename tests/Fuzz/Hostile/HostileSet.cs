using System.Globalization;

namespace Gateway.Fuzz.Hostile;

/// <summary>All hostile inputs: a language's are a file and a line here.</summary>
public static class HostileSet
{
    /// <summary>The cases, by language.</summary>
    public static IReadOnlyList<HostileCase> List { get; } = [.. AvroHostility.List, .. ProtobufHostility.List, .. JsonHostility.List];

    /// <summary>What a case may take of the processor: with this, none holds up a server noticeably.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Runs them and prints how each ended and after how long; how many ended wrongly, or took more than a second.</summary>
    /// <param name="part">Only those whose names contain it.</param>
    public static int Tell(string part)
    {
        var wrong = 0;
        var chosen = List.Where(hostile => hostile.ToString().Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        // Once before, so that compiling code is not counted.
        foreach (var hostile in chosen) hostile.Run();
        Console.WriteLine($"{"",-72} {"ms",8} {"CPU ms",8}  answer");
        foreach (var hostile in chosen)
        {
            var (answer, took, processor) = hostile.Run();
            if (!hostile.IsRight(answer) || processor > Patience) wrong++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{hostile,-72} {took.TotalMilliseconds,8:f1} {processor.TotalMilliseconds,8:f1}  {(hostile.IsRight(answer) ? "" : "WRONG ")}{(processor > Patience ? "LONG " : "")}{(answer.Length > 100 ? answer[..100] + "…" : answer)}"));
        }
        return wrong;
    }
}
