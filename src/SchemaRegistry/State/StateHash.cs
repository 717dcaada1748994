using System.Globalization;
using System.Text;
using Gateway.Schemas.Fingerprints;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.State;

/// <summary>One number for everything a registry knows: equal on any two that have read the same records, compacted or not.</summary>
internal static class StateHash
{
    public static Guid Of(RegistryImage image) => new(Md5.Hash(Encoding.UTF8.GetBytes(Describe(image))), bigEndian: true);

    /// <summary>The state as text, one fact per line; what the hash is of, and what a test shows when two differ.</summary>
    public static string Describe(RegistryImage image)
    {
        var text = new StringBuilder();
        foreach (var (subject, versions) in image.Subjects)
        {
            foreach (var version in versions)
            {
                text.Append(CultureInfo.InvariantCulture, $"version {subject} {version.Version} id {version.Id} {version.Content.SchemaType} {version.Content.Guid}");
                text.Append(version.Deleted ? " deleted\n" : " live\n");
            }
        }
        foreach (var (id, entry) in image.Ids.OrderBy(pair => pair.Key.Context, StringComparer.Ordinal).ThenBy(pair => pair.Key.Id))
        {
            text.Append(CultureInfo.InvariantCulture, $"id {id.Context} {id.Id} {entry.Content.Guid} {entry.Content.Text}\n");
            foreach (var user in entry.Users) text.Append(CultureInfo.InvariantCulture, $"  used by {user.Subject} {user.Version}\n");
        }
        foreach (var (target, users) in image.Referrers.OrderBy(pair => pair.Key))
        {
            foreach (var user in users)
                text.Append(CultureInfo.InvariantCulture, $"reference {user.Subject} {user.Version} to {target.Subject} {target.Version}\n");
        }
        foreach (var (scope, config) in image.Configs)
            text.Append("config ").Append(scope).Append(' ').Append(Encoding.UTF8.GetString(RecordValues.Config(scope, config))).Append('\n');
        foreach (var (scope, mode) in image.Modes)
            text.Append("mode ").Append(scope).Append(' ').Append(RegistryModes.NameOf(mode)).Append('\n');
        foreach (var association in image.Associations.All)
            text.Append("association ").Append(Encoding.UTF8.GetString(RecordValues.Association(association))).Append('\n');
        foreach (var (context, id) in image.HighestIds) text.Append(CultureInfo.InvariantCulture, $"highest id {context} {id}\n");
        foreach (var context in image.Contexts) text.Append("context ").Append(context).Append('\n');
        return text.ToString();
    }
}
