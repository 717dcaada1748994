using System.Text.RegularExpressions;
using Gateway.Admin;
using Gateway.Http;
using Microsoft.AspNetCore.Routing;
using YamlDotNet.RepresentationModel;

namespace Gateway.Tests.Nodes;

/// <summary>Each API document against the routes of the running door, both ways, and as a browser gets it.</summary>
[Collection(SharedNode.Name)]
public sealed partial class ApiDocumentTests(TestNode node)
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head", "options"];

    public static TheoryData<string> Documents() => [.. ApiDocuments.Names];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_documented_operation_is_a_route_and_every_route_is_documented(string document)
    {
        var documented = Operations(await ReadAsync(document)).ToHashSet(StringComparer.Ordinal);
        var served = Served(node.Host.Doors[document]).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(documented);
        Assert.Empty(documented.Except(served).Select(o => $"documented, but no route: {o}"));
        Assert.Empty(served.Except(documented).Select(o => $"a route, but not documented: {o}"));
    }

    [Theory]
    [InlineData("schema-registry.yaml", 0)]
    [InlineData("http-proxy.yaml", 1)]
    [InlineData("admin.yaml", 2)]
    public async Task The_server_of_a_document_is_the_door_itself(string document, int door)
    {
        YamlMappingNode root = await ReadAsync(document);
        var servers = (YamlSequenceNode)root["servers"];
        Assert.Equal(new[] { node.Registry, node.Proxy, node.Admin }[door], ((YamlScalarNode)Assert.Single(servers.Children)["url"]).Value);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_operation_says_what_it_does_and_what_it_answers(string document)
    {
        YamlMappingNode root = await ReadAsync(document);
        foreach ((string path, string method, YamlMappingNode operation) in All(root))
        {
            Assert.True(operation.Children.ContainsKey("summary"), $"{method} {path} has no summary");
            Assert.True(operation.Children.TryGetValue("responses", out YamlNode? responses) && ((YamlMappingNode)responses).Children.Count > 0, $"{method} {path} has no responses");
        }
    }

    [Fact]
    public async Task There_is_no_other_document()
    {
        using HttpResponseMessage answer = await node.Http.GetAsync(node.Admin + "/openapi/nothing.yaml");
        Assert.Equal(404, (int)answer.StatusCode);
    }

    private async Task<YamlMappingNode> ReadAsync(string document)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(await node.Http.GetStringAsync($"{node.Admin}/openapi/{document}")));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<string> Operations(YamlMappingNode root) => All(root).Select(o => $"{o.Method} {Shape(o.Path)}");

    private static IEnumerable<(string Path, string Method, YamlMappingNode Operation)> All(YamlMappingNode root) =>
        from path in ((YamlMappingNode)root["paths"]).Children
        from operation in ((YamlMappingNode)path.Value).Children
        let method = ((YamlScalarNode)operation.Key).Value!
        where Methods.Contains(method)
        select (((YamlScalarNode)path.Key).Value!, method.ToUpperInvariant(), (YamlMappingNode)operation.Value);

    // Routes without methods are fallbacks that answer 404 or 405; they are no operations. HEAD is where GET is, and said once for all.
    private static IEnumerable<string> Served(HttpDoor door) =>
        from route in door.Routes
        where route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where method != "HEAD"
        select $"{method} {Shape(route.RoutePattern.RawText!)}";

    private static string Shape(string path) => Parameter().Replace(path.StartsWith('/') ? path : "/" + path, "{}");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
