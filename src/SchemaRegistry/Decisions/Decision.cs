using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>
/// What a request comes to: the records to append, and the answer once they are applied. Decisions look at an image and change nothing;
/// if another writer was first they are taken again on a newer image.
/// </summary>
/// <param name="Writes">Records to append; none when the answer stands already.</param>
/// <param name="Reply">The answer, read from an image that holds the records.</param>
internal sealed record Decision<T>(IReadOnlyList<PlannedWrite> Writes, Func<RegistryImage, T> Reply)
{
    public static Decision<T> Nothing(T reply) => new([], _ => reply);
}

/// <summary>One record of a decision.</summary>
/// <param name="Write">The record.</param>
/// <param name="NewVersion">Set for a new or changed schema version: what its key stood for when the decision was taken.</param>
/// <param name="Removed">Set where a schema version goes for good: the one that goes.</param>
internal sealed record PlannedWrite(TopicWrite Write, ExpectedVersion? NewVersion = null, SchemaVersion? Removed = null)
{
    public static PlannedWrite Of(RecordKey key, byte[]? value) => new(new TopicWrite(key.ToBytes(), value));

    /// <summary>Removes a logical record under every key it was ever written under.</summary>
    public static IEnumerable<PlannedWrite> Tombstones(RegistryImage image, RecordKey key) =>
        image.KeysOf(key).Select(bytes => new PlannedWrite(new TopicWrite(bytes, null)));

    /// <summary>Removes a schema version for good.</summary>
    public static IEnumerable<PlannedWrite> Removal(RegistryImage image, SchemaVersion version) =>
        Tombstones(image, RecordKey.Schema(version.Subject, version.Version)).Select(tombstone => tombstone with { Removed = version });

    public static PlannedWrite Version(SchemaVersion version, SchemaVersion? previous) => new(
        new TopicWrite(RecordKey.Schema(version.Subject, version.Version).ToBytes(), RecordValues.Schema(version)),
        new ExpectedVersion(previous));
}

/// <summary>
/// What stood under a schema's key when a decision was taken; if it is something else when the record is read back, another writer was
/// first.
/// </summary>
internal sealed record ExpectedVersion(SchemaVersion? Previous)
{
    public bool Matches(SchemaVersion? found) =>
        Previous is null
            ? found is null
            : found is not null && found.Id == Previous.Id && found.Deleted == Previous.Deleted && found.Content.SameAs(Previous.Content);
}
