using System.Runtime.CompilerServices;

namespace Gateway.Architecture;

/// <summary>The checkout these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(ThisDirectory(), "..", ".."));

    /// <summary>Room names: the folders of src.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>C# files below a folder that people wrote.</summary>
    public static IEnumerable<string> CSharpFiles(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    private static string ThisDirectory([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
