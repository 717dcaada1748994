using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>
/// Keeps the highest id of a context beyond the schema that has it: compaction forgets what is purged or written over, and an id that came back with
/// another schema would corrupt data (schema-registry 0.7).
/// </summary>
internal static class HighestId
{
    /// <summary>The highest id that may be asked for. One request must not leave a context without ids.</summary>
    internal const int HighestGiven = int.MaxValue - 1_000_000;

    /// <summary>What has to be written when versions go.</summary>
    /// <param name="image">The state.</param>
    /// <param name="context">Theirs.</param>
    /// <param name="gone">The versions that go, or that something else is written over.</param>
    internal static IEnumerable<PlannedWrite> KeepBeyond(RegistryImage image, string context, IEnumerable<SchemaVersion> gone)
    {
        var highest = image.HighestIds.GetValueOrDefault(context);
        return gone.Any(version => version.Id == highest) ? [Keep(image, context, highest)] : [];
    }

    /// <summary>
    /// What has to be written again when another registry has written over the record of the default context, which it does whenever it starts: its
    /// kind is one that all of them use.
    /// </summary>
    internal static Decision<bool> Restore(RegistryImage image)
    {
        const string Context = QualifiedSubject.DefaultContext;
        var highest = image.HighestIds.GetValueOrDefault(Context);
        var isThere = image.SharedHighestIds.GetValueOrDefault(Context) >= highest || image.Ids.TryGetValue(new ContextId(Context, highest), out _);
        return new Decision<bool>(isThere ? [] : [Keep(image, Context, highest)], _ => !isThere);
    }

    private static PlannedWrite Keep(RegistryImage image, string context, int highest) => context == QualifiedSubject.DefaultContext
        ? PlannedWrite.Of(RecordKey.Noop, RecordValues.HighestIds(image.SharedHighestIds.SetItem(context, highest)))
        : PlannedWrite.Of(RecordKey.ForContext(context), RecordValues.Context(context, highest));
}
