namespace Gateway.Storage.Files;

/// <summary>What posix_fadvise is told, by its own numbers.</summary>
internal enum FileAdvice
{
    /// <summary>Fetch nothing ahead.</summary>
    Random = 1,
    /// <summary>Fetch the range.</summary>
    WillNeed = 3,
    /// <summary>Drop the range from the page cache.</summary>
    DontNeed = 4,
}
