namespace Gateway.Storage.Files;

/// <summary>The file system, or its quota, has no room for the bytes.</summary>
public sealed class DiskFullException(string path, Exception? inner = null) : IOException($"No space left on the device for {path}", inner);
