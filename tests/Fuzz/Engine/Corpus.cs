namespace Gateway.Fuzz.Engine;

/// <summary>The inputs stored beside the source, and where findings go.</summary>
public static class Corpus
{
    /// <summary>The checkout this was built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where findings are saved.</summary>
    public static string Findings => Path.Combine(Root, "artifacts", "fuzz");

    /// <summary>The inputs of a target with their file names, in order of these.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(ITarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var folder = Path.Combine(Root, "tests", "Fuzz", "corpus", target.Name);
        return [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gateway.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not run from within a checkout");
        return folder;
    }
}
