using Gateway.Cli.Records;
using Gateway.Client.Fetching;

namespace Gateway.Cli.Topics;

/// <summary>What <c>topic consume</c> was asked for.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Partitions">Only these; empty means all.</param>
/// <param name="Range">From where to where.</param>
/// <param name="Count">Stop after so many records; 0 means never.</param>
/// <param name="Group">Read as a member of this group; null reads alone.</param>
/// <param name="Isolation">Whether records of open and aborted transactions are printed too.</param>
internal sealed record ConsumeSettings(
    IReadOnlyList<string> Topics, IReadOnlySet<int> Partitions, OffsetRange Range, long Count, string? Group, IsolationLevel Isolation);
