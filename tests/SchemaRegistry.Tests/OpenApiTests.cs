using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Gateway.SchemaRegistry.Http;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>The document says what is served, no more and no less.</summary>
public partial class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_in_the_document_under_its_operation_id_and_the_other_way_round()
    {
        await using var service = new RegistryService(new MemorySchemaTopic());
        var served = RegistryEndpoints.Routes(service).Select(route => $"{route.Method} {route.Template} {route.OperationId}").Order(StringComparer.Ordinal);
        Assert.Equal(served, Documented().Order(StringComparer.Ordinal));
        Assert.Equal(RegistryEndpoints.Served(service).Count, RegistryEndpoints.Served(service).Distinct().Count());
    }

    private static IEnumerable<string> Documented([CallerFilePath] string here = "")
    {
        var lines = File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "openapi", "schema-registry.yaml"));
        var (path, method) = ("", "");
        foreach (var line in lines.SkipWhile(line => line != "paths:").Skip(1).TakeWhile(line => line.StartsWith(' ')))
        {
            if (PathLine().Match(line) is { Success: true } pathMatch) path = pathMatch.Groups[1].Value;
            else if (MethodLine().Match(line) is { Success: true } methodMatch) method = methodMatch.Groups[1].Value.ToUpperInvariant();
            else if (OperationLine().Match(line) is { Success: true } operation) yield return $"{method} {path} {operation.Groups[1].Value}";
        }
    }

    [GeneratedRegex(@"^  (/\S*):$")]
    private static partial Regex PathLine();

    [GeneratedRegex(@"^    (get|post|put|delete|patch):$")]
    private static partial Regex MethodLine();

    [GeneratedRegex(@"^      operationId: (\S+)$")]
    private static partial Regex OperationLine();
}
