using System.Text;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Transfer;

/// <summary>A state as the fewest records that give it again, in the dialect of one registry (schema-registry 3.3, 3.4).</summary>
internal static class ExportedRecords
{
    /// <summary>The records: contexts, schemas by id so that most references come before what refers to them, settings.</summary>
    public static IEnumerable<TopicWrite> Of(RegistryImage image, ExportProfile profile)
    {
        var isRedpanda = profile == ExportProfile.Redpanda;
        if (!isRedpanda)
        {
            var highestIds = image.HighestIds.ToLookup(entry => entry.Key == QualifiedSubject.DefaultContext);
            if (highestIds[true].Any()) yield return new TopicWrite(RecordKey.Noop.ToBytes(), RecordValues.HighestIds(highestIds[true]));
            foreach (var context in image.Contexts.Union(highestIds[false].Select(entry => entry.Key)).Remove(QualifiedSubject.DefaultContext))
            {
                yield return new TopicWrite(
                    RecordKey.ForContext(context).ToBytes(),
                    RecordValues.Context(context, image.HighestIds.GetValueOrDefault(context), deleted: !image.Contexts.Contains(context)));
            }
        }
        foreach (var version in image.Subjects.Values.SelectMany(versions => versions).OrderBy(version => version.Id))
        {
            var shown = isRedpanda ? version with { Content = version.Content.Bare() } : version;
            var namesType = profile is ExportProfile.Confluent8 or ExportProfile.Confluent82 || version.Content.SchemaType != SchemaTypes.Avro;
            yield return new TopicWrite(
                RecordKey.Schema(version.Subject, version.Version).ToBytes(), RecordValues.Schema(shown, namesType),
                version.TimestampMs > 0 ? version.TimestampMs : null);
        }
        foreach (var (scope, config) in image.Configs)
        {
            if (isRedpanda && config.Level is null) continue;
            var shown = isRedpanda ? new SubjectConfig { Level = config.Level } : config;
            yield return new TopicWrite(KeyOf(RecordKey.Config(SubjectOf(scope)), profile), RecordValues.Config(SubjectOf(scope), shown));
        }
        foreach (var (scope, mode) in image.Modes)
            yield return new TopicWrite(KeyOf(RecordKey.Mode(SubjectOf(scope)), profile), RecordValues.Mode(SubjectOf(scope), mode));
        if (profile != ExportProfile.Confluent82) yield break;
        foreach (var association in image.Associations.All)
        {
            yield return new TopicWrite(
                RecordKey.ForAssociation(association.Key).ToBytes(), RecordValues.Association(association), association.UpdatedMs > 0 ? association.UpdatedMs : null);
        }
    }

    /// <summary>What the profile's registry cannot be told, for people; empty when it is told everything.</summary>
    public static IEnumerable<string> LeftOut(RegistryImage image, ExportProfile profile)
    {
        if (profile != ExportProfile.Confluent82 && image.Associations.Count > 0)
            yield return $"{image.Associations.Count} associations of subjects with topics; the profile confluent-8.2 has them";
        if (profile != ExportProfile.Redpanda) yield break;
        var rich = image.Subjects.Values.SelectMany(versions => versions).Count(version => version.Content.Metadata is not null || version.Content.RuleSet is not null);
        if (rich > 0) yield return $"metadata and rules of {rich} versions";
        var settings = image.Configs.Values.Count(config => config != new SubjectConfig { Level = config.Level });
        if (settings > 0) yield return $"settings other than the compatibility level of {settings} configs";
    }

    private static string? SubjectOf(string scope) => scope == RegistryImage.Global ? null : scope;

    /// <summary>The key of a setting; for the whole registry, Redpanda writes its subject as null where the others leave it out.</summary>
    private static byte[] KeyOf(RecordKey key, ExportProfile profile)
    {
        var bytes = key.ToBytes();
        if (profile != ExportProfile.Redpanda || key.Subject is not null) return bytes;
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(",\"magic\":", ",\"subject\":null,\"magic\":", StringComparison.Ordinal));
    }
}
