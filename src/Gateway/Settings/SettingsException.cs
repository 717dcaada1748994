namespace Gateway.Settings;

/// <summary>Settings that cannot be used; every problem found is listed, not only the first.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One sentence per problem: where it stands, what is wrong, what to do.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
