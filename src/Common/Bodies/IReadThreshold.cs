namespace Gateway.Common.Bodies;

/// <summary>
/// A connection whose reader can wait for many bytes at once. A web server wakes the reader of a large body for every few KiB that come; whoever knows how
/// many are still to come need not be woken before.
/// </summary>
public interface IReadThreshold
{
    /// <summary>
    /// How many bytes reads of the connection wait for; 0 for any. Never more than what is certain to come, or the reader waits for ever. A read ends with
    /// fewer when the connection does.
    /// </summary>
    int Bytes { get; set; }
}
