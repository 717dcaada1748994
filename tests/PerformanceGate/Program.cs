using Gateway.PerformanceGate;
using Gateway.PerformanceGate.Reference;

// PerformanceGate [--renew] [--gateway FILE] [--baseline FILE] [--trace FILE]; PerformanceGate --reference FILE serves as the reference.
if (args is ["--reference", var path])
{
    using var file = new ReferenceFile(path);
    using var http = new HttpReference(file);
    Console.WriteLine($"READY log={new LogReference(file).Start()} http={http.Start()}");
    Thread.Sleep(Timeout.Infinite);
}
var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (int i = 0; i < args.Length; i++) options[args[i]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Gateway.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("not inside a checkout");
string gateway = options.GetValueOrDefault("--gateway", Path.Combine(root, "src/Gateway/bin/Release/net10.0/gateway"));
string baseline = options.GetValueOrDefault("--baseline", Path.Combine(root, "tests/PerformanceGate/baseline.json"));

OneCpu.Take();
using TextWriter trace = options.TryGetValue("--trace", out string? to) ? new StreamWriter(to) : TextWriter.Null;
var gate = new Gate(() => new Servers(gateway, Path.Combine(AppContext.BaseDirectory, "Gateway.PerformanceGate")), baseline, trace);
if (!options.ContainsKey("--renew")) return gate.Check() ? 0 : 1;
gate.Renew();
return 0;
