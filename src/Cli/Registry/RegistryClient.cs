using System.Globalization;
using System.Text.Json;
using Gateway.Schemas;

namespace Gateway.Cli.Registry;

/// <summary>A schema as the registry holds it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Schema">The schema itself.</param>
/// <param name="Guid">Its GUID; null where the registry tells none.</param>
public sealed record KnownSchema(int Id, ISchema Schema, Guid? Guid);

/// <summary>Asks a schema registry over HTTP, and remembers what it answered: what an id stands for never changes.</summary>
/// <param name="hosts">Addresses of the same registry; the first that answers is asked.</param>
/// <param name="handler">How requests are sent; disposed with this.</param>
public sealed class RegistryClient(IReadOnlyList<Uri> hosts, HttpMessageHandler handler) : IDisposable
{
    private const int MaxReferences = 1000;

    private readonly RegistryConnection _connection = new(hosts, handler);
    private readonly Dictionary<int, KnownSchema> _byId = [];
    private readonly Dictionary<Guid, KnownSchema> _byGuid = [];

    /// <summary>The schema with that id.</summary>
    /// <exception cref="SchemaNotFoundException">There is none, or it cannot be read.</exception>
    /// <exception cref="CommandException">No registry answers.</exception>
    public async ValueTask<KnownSchema> FindAsync(int id, CancellationToken cancel)
    {
        if (_byId.TryGetValue(id, out KnownSchema? known)) return known;
        JsonElement answer = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/schemas/ids/{id}"), cancel);
        return _byId[id] = new KnownSchema(id, await ParseAsync(answer, $"schema {id}", cancel), GuidOf(answer));
    }

    /// <summary>The schema with that GUID, and the first of its ids.</summary>
    /// <exception cref="SchemaNotFoundException">There is none, or it cannot be read.</exception>
    /// <exception cref="CommandException">No registry answers.</exception>
    public async ValueTask<KnownSchema> FindAsync(Guid guid, CancellationToken cancel)
    {
        if (_byGuid.TryGetValue(guid, out KnownSchema? known)) return known;
        string what = $"schema {guid}";
        ISchema schema = await ParseAsync(await GetAsync($"/schemas/guids/{guid}", cancel), what, cancel);
        RegistryAnswer ids = await _connection.SendAsync(HttpMethod.Get, $"/schemas/guids/{guid}/ids", null, cancel);
        if (ids.Json is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0
            || list[0].ValueKind != JsonValueKind.Object || !list[0].TryGetProperty("id", out JsonElement member) || !member.TryGetInt32(out int id))
            throw Unreadable(what);
        return _byGuid[guid] = new KnownSchema(id, schema, guid);
    }

    /// <summary>The newest schema of a subject.</summary>
    /// <exception cref="SchemaNotFoundException">There is none, or it cannot be read.</exception>
    /// <exception cref="CommandException">No registry answers.</exception>
    public async ValueTask<KnownSchema> FindLatestAsync(string subject, CancellationToken cancel)
    {
        JsonElement answer = await GetAsync($"/subjects/{Uri.EscapeDataString(subject)}/versions/latest", cancel);
        if (!answer.TryGetProperty("id", out JsonElement member) || !member.TryGetInt32(out int id)) throw Unreadable($"subject '{subject}'");
        if (_byId.TryGetValue(id, out KnownSchema? known)) return known;
        return _byId[id] = new KnownSchema(id, await ParseAsync(answer, $"schema {id}", cancel), GuidOf(answer));
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private async ValueTask<ISchema> ParseAsync(JsonElement answer, string what, CancellationToken cancel)
    {
        string type = TextOf(answer, "schemaType") ?? SchemaTypes.Avro;
        string text = TextOf(answer, "schema") ?? throw Unreadable(what);
        IReadOnlyList<ResolvedReference> references = await ResolveAsync(answer, what, cancel);
        SchemaParseResult parsed = SchemaLanguages.All.Parse(type, text, references, SchemaParseOptions.Stored);
        return parsed.Schema ?? throw new SchemaNotFoundException($"{what} cannot be read: {parsed.Error}");
    }

    /// <summary>Everything the schema rests on, deepest first, each name once.</summary>
    private async ValueTask<IReadOnlyList<ResolvedReference>> ResolveAsync(JsonElement root, string what, CancellationToken cancel)
    {
        var resolved = new List<ResolvedReference>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Frames on a list of our own: how deep references go is up to whoever registered them.
        var open = new Stack<(SchemaReference? Reference, string Text, Queue<SchemaReference> Left, bool IsDirect)>();
        open.Push((null, "", new Queue<SchemaReference>(ReferencesOf(root, what)), false));
        while (open.TryPeek(out var frame))
        {
            if (frame.Left.TryDequeue(out SchemaReference? next))
            {
                if (!seen.Add(next.Name)) continue;
                if (seen.Count > MaxReferences) throw new CommandException($"{what} rests on more than {MaxReferences} references, which is the limit");
                string path = string.Create(CultureInfo.InvariantCulture, $"/subjects/{Uri.EscapeDataString(next.Subject)}/versions/{next.Version}?deleted=true");
                JsonElement target = await GetAsync(path, cancel);
                string text = TextOf(target, "schema") ?? throw Unreadable($"reference '{next.Name}' of {what}");
                open.Push((next, text, new Queue<SchemaReference>(ReferencesOf(target, what)), frame.Reference is null));
            }
            else
            {
                open.Pop();
                if (frame.Reference is { } done) resolved.Add(new ResolvedReference(done, frame.Text, frame.IsDirect));
            }
        }
        return resolved;
    }

    private static List<SchemaReference> ReferencesOf(JsonElement answer, string what)
    {
        var references = new List<SchemaReference>();
        if (!answer.TryGetProperty("references", out JsonElement list) || list.ValueKind != JsonValueKind.Array) return references;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (TextOf(item, "name") is not { } name || TextOf(item, "subject") is not { } subject
                || !item.TryGetProperty("version", out JsonElement member) || !member.TryGetInt32(out int version))
                throw Unreadable($"a reference of {what}");
            references.Add(new SchemaReference(name, subject, version));
        }
        return references;
    }

    private async ValueTask<JsonElement> GetAsync(string path, CancellationToken cancel)
    {
        RegistryAnswer answer = await _connection.SendAsync(HttpMethod.Get, path, null, cancel);
        return answer.Json is { ValueKind: JsonValueKind.Object } json ? json : throw answer.NoRegistry();
    }

    private static Guid? GuidOf(JsonElement answer) => Guid.TryParse(TextOf(answer, "guid"), out Guid guid) ? guid : null;

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static CommandException Unreadable(string what) => new($"the schema registry's answer for {what} is not what a registry answers");
}
