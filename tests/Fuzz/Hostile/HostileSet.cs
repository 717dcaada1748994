using System.Globalization;

namespace Gateway.Fuzz.Hostile;

/// <summary>All hostile inputs: a language's are a file and a line here.</summary>
public static class HostileSet
{
    /// <summary>The cases, by language.</summary>
    public static IReadOnlyList<HostileCase> List { get; } = [.. AvroHostility.List, .. ProtobufHostility.List, .. JsonHostility.List];

    /// <summary>Runs them and prints how each ended and after how long; how many ended wrongly.</summary>
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
            if (!hostile.IsRight(answer)) wrong++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{hostile,-72} {took.TotalMilliseconds,8:f1} {processor.TotalMilliseconds,8:f1}  {(hostile.IsRight(answer) ? "" : "WRONG ")}{(answer.Length > 100 ? answer[..100] + "…" : answer)}"));
        }
        return wrong;
    }
}
