namespace Gateway.Bench.Load;

/// <summary>What one answer was worth.</summary>
/// <param name="Records">Records written or read, or answers where there are none.</param>
/// <param name="Bytes">Bytes of them, as they lie in the log or the body.</param>
/// <param name="Error">The server's error by its own name, or null.</param>
internal readonly record struct LaneAnswer(long Records, long Bytes, string? Error = null);
