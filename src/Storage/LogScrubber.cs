using Gateway.Common.Execution;

namespace Gateway.Storage;

/// <summary>Where stored data is read again to see that it is still what was written.</summary>
/// <param name="executor">Where files are read: a <see cref="Execution.ThreadExecutor"/> of one thread in production.</param>
/// <param name="maxBytesPerSecond">Bytes read a second, at most.</param>
/// <param name="time">The clock.</param>
public sealed class LogScrubber(IExecutor executor, double maxBytesPerSecond, TimeProvider time)
    : BackgroundDiskWork(executor, maxBytesPerSecond, time);
