namespace Gateway.Cli.Output;

/// <summary>What <c>--format</c> may say.</summary>
public enum OutputFormat
{
    /// <summary>A table for people.</summary>
    Text,

    /// <summary>JSON for programs.</summary>
    Json,
}
