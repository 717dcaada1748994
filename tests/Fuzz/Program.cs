using System.Globalization;
using Gateway.Fuzz.Engine;
using Gateway.Fuzz.Hostile;
using Gateway.Fuzz.Targets;

if (args is ["--hostile", .. var rest]) return HostileSet.Tell(rest is [var part] ? part : "") == 0 ? 0 : 1;
if (args is ["--write-frames"])
{
    Console.WriteLine($"{KafkaSamples.Write()} requests written");
    return 0;
}
var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 0; i < args.Length; i += 2) options[args[i]] = i + 1 < args.Length ? args[i + 1] : "";
if (!options.TryGetValue("--target", out var name) || AllTargets.Find(name) is not { } target)
{
    Console.WriteLine($"--target is one of {string.Join(", ", AllTargets.List.Select(known => known.Name))}; then --seconds N --seed N, or --replay FILE; or --hostile with part of a name, or alone");
    return options.ContainsKey("--list") ? 0 : 2;
}
if (options.TryGetValue("--replay", out var file))
{
    var input = File.ReadAllBytes(file);
    // What a crashed process left has its length in front, and then zeros.
    if (file.EndsWith(".current", StringComparison.Ordinal)) input = input[4..(4 + BitConverter.ToInt32(input))];
    var outcome = new Judge(target, Judge.Second).Try(input, out var finding);
    Console.WriteLine(finding ?? outcome);
    return finding is null ? 0 : 1;
}
var seconds = options.TryGetValue("--seconds", out var time) ? double.Parse(time, CultureInfo.InvariantCulture) : 60;
var seed = options.TryGetValue("--seed", out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 1;
return new Session(target, seed).Run(TimeSpan.FromSeconds(seconds));
