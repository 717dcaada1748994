using BenchmarkDotNet.Running;
using Gateway.Benchmarks;

if (args is ["--quick"]) Quick.Run([.. Operations.Avro(), .. Operations.Protobuf(), .. Operations.Json()]);
else BenchmarkSwitcher.FromAssembly(typeof(SchemaBenchmarks).Assembly).Run(args);
