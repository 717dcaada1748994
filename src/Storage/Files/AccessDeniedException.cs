namespace Gateway.Storage.Files;

/// <summary>The system forbids what was to be done with a file or a directory, or there is a directory where a file should be.</summary>
/// <param name="message">Which, and what to do.</param>
/// <param name="inner">What the system said.</param>
public sealed class AccessDeniedException(string message, Exception? inner = null) : IOException(message, inner);
