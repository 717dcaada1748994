namespace Gateway.Client.Fetching;

/// <summary>How much a read may bring and how long it may wait.</summary>
/// <param name="MaxBytes">Of records. The first batch always comes whole, however large (FET-2).</param>
/// <param name="MaxWait">How long the broker waits for <paramref name="MinBytes"/>; it answers as soon as they are committed.</param>
/// <param name="MinBytes">1 answers with the first record.</param>
/// <param name="Isolation">Whether records of open and aborted transactions come too.</param>
public readonly record struct FetchLimits(
    int MaxBytes, TimeSpan MaxWait, int MinBytes = 1, IsolationLevel Isolation = IsolationLevel.ReadUncommitted);
