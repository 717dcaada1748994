using Gateway.Common.Records;

namespace Gateway.Cli.Records.Format;

/// <summary>A record read from standard input; what the format does not name stays null.</summary>
public sealed class InputRecord
{
    /// <summary>The topic, if the format names one.</summary>
    public string? Topic { get; set; }

    /// <summary>The partition, if the format names one.</summary>
    public int? Partition { get; set; }

    /// <summary>The key.</summary>
    public byte[]? Key { get; set; }

    /// <summary>The value.</summary>
    public byte[]? Value { get; set; }

    /// <summary>The headers, in order.</summary>
    public List<RecordHeader> Headers { get; } = [];
}
