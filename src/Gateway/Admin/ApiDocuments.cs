using System.Collections.Concurrent;
using Gateway.Common.Ids;
using Gateway.Hosting;
using Gateway.Http;

namespace Gateway.Admin;

/// <summary>
/// The OpenAPI documents, read from the executable itself and served with the addresses at which the doors really listen, so that
/// "Try it out" reaches them.
/// </summary>
public sealed class ApiDocuments(Func<DoorAddresses?> addresses, Func<AdminOrigins?> origins)
{
    private readonly ConcurrentDictionary<string, string> _texts = new();

    /// <summary>File names of the documents.</summary>
    public static IReadOnlyList<string> Names { get; } = ["schema-registry.yaml", "http-proxy.yaml", "admin.yaml"];

    /// <summary>A document's text, or null if there is none of that name.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="requestHost">The name under which the browser reached the admin door.</param>
    public string? Find(string name, string requestHost)
    {
        if (!Names.Contains(name)) return null;
        string text = _texts.GetOrAdd(name, Read);
        return addresses() is { } doors ? OpenApiServers.Replace(text, UrlOf(name, doors, requestHost)) : text;
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(ApiDocuments).Assembly.GetManifestResourceStream("openapi/" + name)
            ?? throw new InvalidOperationException($"the executable was built without openapi/{name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private string UrlOf(string name, DoorAddresses doors, string requestHost)
    {
        HostAndPort door = name switch
        {
            "schema-registry.yaml" => doors.SchemaRegistry,
            "http-proxy.yaml" => doors.HttpProxy,
            _ => doors.Admin,
        };
        // A door that listens everywhere is reached under the name that led to this page, if it is one of ours.
        string host = requestHost.Trim('[', ']');
        if (ListenAddress.IsWildcard(door)) door = door with { Host = origins()?.Hosts.Contains(host) == true ? host : "127.0.0.1" };
        return $"http://{door}";
    }
}
