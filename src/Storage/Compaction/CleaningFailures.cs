namespace Gateway.Storage.Compaction;

/// <summary>The log holds what cannot be cleaned; the message says what and where.</summary>
internal sealed class UncleanableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Writing or syncing failed: what the disk holds is unknown, and the store must not go on.</summary>
internal sealed class CleaningWriteException(Exception inner) : Exception("Writing a cleaned segment failed", inner);
