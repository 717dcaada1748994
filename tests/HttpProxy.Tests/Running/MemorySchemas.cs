using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Tests.Running;

/// <summary>A registry in a dictionary: one id per text, every registration a version.</summary>
public sealed class MemorySchemas : ISchemaLookup
{
    private readonly Lock _lock = new();
    private readonly List<ISchema> _schemas = [];
    private readonly Dictionary<string, List<int>> _subjects = [];

    public ValueTask<SchemaAnswer> FindByIdAsync(int id, CancellationToken cancel)
    {
        lock (_lock) return new(id >= 1 && id <= _schemas.Count ? Found(id, null, null) : SchemaAnswer.Failed(40403, $"Schema {id} not found"));
    }

    public ValueTask<SchemaAnswer> FindByGuidAsync(Guid guid, CancellationToken cancel)
    {
        lock (_lock)
        {
            int id = Enumerable.Range(1, _schemas.Count).FirstOrDefault(candidate => GuidOf(candidate) == guid);
            return new(id > 0 ? Found(id, null, null) : SchemaAnswer.Failed(40403, $"Schema {guid} not found"));
        }
    }

    /// <summary>The GUID this registry has for an id.</summary>
    public static Guid GuidOf(int id) => new(id, 7, 7, [7, 7, 7, 7, 7, 7, 7, 7]);

    public ValueTask<SchemaAnswer> FindLatestAsync(string subject, CancellationToken cancel)
    {
        lock (_lock)
        {
            return new(_subjects.TryGetValue(subject, out List<int>? ids)
                ? Found(ids[^1], subject, ids.Count)
                : SchemaAnswer.Failed(40401, $"Subject '{subject}' not found."));
        }
    }

    public ValueTask<SchemaAnswer> FindVersionAsync(string subject, int version, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<SchemaAnswer> RegisterAsync(
        string subject, string schemaType, string text, IReadOnlyList<SchemaReference> references, CancellationToken cancel)
    {
        SchemaParseResult parsed = SchemaLanguages.All.Parse(schemaType, text, [], SchemaParseOptions.New);
        if (parsed.Schema is not { } schema) return new(SchemaAnswer.Failed(42201, $"Invalid schema: {parsed.Error}"));
        lock (_lock)
        {
            int id = _schemas.FindIndex(known => known.CanonicalText == schema.CanonicalText) + 1;
            if (id == 0)
            {
                _schemas.Add(schema);
                id = _schemas.Count;
            }
            if (!_subjects.TryGetValue(subject, out List<int>? ids)) _subjects[subject] = ids = [];
            if (!ids.Contains(id)) ids.Add(id);
            return new(Found(id, subject, ids.IndexOf(id) + 1));
        }
    }

    private SchemaAnswer Found(int id, string? subject, int? version) =>
        SchemaAnswer.Of(new RegisteredSchema(id, GuidOf(id), subject, version, _schemas[id - 1]));
}
