using BenchmarkDotNet.Attributes;

namespace Gateway.Benchmarks;

/// <summary>The same operations under BenchmarkDotNet, in this process: the generated projects of its other way would count as tests here.</summary>
[InProcess]
[MemoryDiagnoser]
public class SchemaBenchmarks
{
    private static readonly IReadOnlyList<Operation> All = [.. Operations.Avro(), .. Operations.Protobuf(), .. Operations.Json()];

    private Action _run = () => { };

    /// <summary>What is measured.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Everything there is.</summary>
    public static IEnumerable<string> Names => All.Select(operation => operation.Name);

    /// <summary>Finds the operation.</summary>
    [GlobalSetup]
    public void Find() => _run = All.First(operation => operation.Name == Name).Run;

    /// <summary>Does it once.</summary>
    [Benchmark]
    public void Run() => _run();
}
