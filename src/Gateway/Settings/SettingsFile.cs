using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Gateway.Settings;

/// <summary>Reads a settings file: one YAML mapping of names to scalars (or to lists, which read as comma-separated text).</summary>
public static class SettingsFile
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">The file to read.</param>
    /// <param name="problems">Receives what is wrong with it.</param>
    public static Dictionary<string, SettingValue> Read(string path, List<string> problems)
    {
        try
        {
            using var reader = new StreamReader(path);
            return Read(reader, Path.GetFileName(path), problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path}: the settings file cannot be read: {e.Message}");
            return [];
        }
    }

    /// <summary>Reads YAML text; <paramref name="name"/> is how problems call the file.</summary>
    public static Dictionary<string, SettingValue> Read(TextReader text, string name, List<string> problems)
    {
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        var yaml = new YamlStream();
        try
        {
            yaml.Load(text);
        }
        catch (YamlException e)
        {
            problems.Add($"{name}, line {e.Start.Line}: not valid YAML: {e.InnerException?.Message ?? e.Message}");
            return values;
        }
        if (yaml.Documents.Count == 0) return values;
        if (yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            problems.Add($"{name}, line {yaml.Documents[0].RootNode.Start.Line}: expected lines of the form 'name: value'");
            return values;
        }
        foreach ((YamlNode key, YamlNode value) in root.Children)
        {
            string origin = $"{name}, line {key.Start.Line}";
            if (key is not YamlScalarNode { Value: { Length: > 0 } settingName })
                problems.Add($"{origin}: a setting's name must be plain text");
            else if (TextOf(value) is { } settingText)
                values[settingName] = new SettingValue(settingText, origin);
            else
                problems.Add($"{origin}: {settingName} must be one value or a list of values");
        }
        return values;
    }

    private static string? TextOf(YamlNode node) => node switch
    {
        YamlScalarNode scalar => scalar.Value ?? "",
        YamlSequenceNode list when list.Children.All(item => item is YamlScalarNode) =>
            string.Join(',', list.Children.Select(item => ((YamlScalarNode)item).Value)),
        _ => null,
    };
}
