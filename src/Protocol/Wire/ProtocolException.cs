namespace Gateway.Protocol.Wire;

/// <summary>What is wrong with bytes (or with a message that is to become bytes).</summary>
public enum ProtocolFault
{
    /// <summary>The bytes end inside a value.</summary>
    Truncated,
    /// <summary>Bytes are left over after the last field, or inside a tagged field.</summary>
    TrailingBytes,
    /// <summary>A length below zero that does not mean null, or one its type cannot have.</summary>
    InvalidLength,
    /// <summary>A count of elements that the remaining bytes cannot hold, or above <see cref="KafkaReader.MaxElements"/>.</summary>
    InvalidCount,
    /// <summary>A variable-length number of more than five bytes, or above 32 bits.</summary>
    InvalidVarint,
    /// <summary>Null where the version forbids it.</summary>
    NullNotAllowed,
    /// <summary>A request key we have no message for.</summary>
    UnknownApiKey,
    /// <summary>A version outside the message's range.</summary>
    UnsupportedVersion,
    /// <summary>A value that the version to be written has no field for.</summary>
    FieldNotInVersion,
    /// <summary>A frame's size is negative or above the limit.</summary>
    InvalidFrameSize,
    /// <summary>An answer to another request than the one that was sent.</summary>
    CorrelationMismatch,
}

/// <summary>Undecodable bytes, or a message that cannot be encoded. A broker closes the connection on it (CON-2).</summary>
/// <param name="fault">What is wrong, for programs.</param>
/// <param name="message">What is wrong, for people.</param>
public sealed class ProtocolException(ProtocolFault fault, string message) : Exception(message)
{
    /// <summary>What is wrong, for programs.</summary>
    public ProtocolFault Fault { get; } = fault;

    /// <summary>A message was asked for in a version it does not have.</summary>
    public static ProtocolException UnsupportedVersion(string message, short version) =>
        new(ProtocolFault.UnsupportedVersion, $"{message} has no version {version}.");

    /// <summary>Null where the version forbids it.</summary>
    public static ProtocolException NullNotAllowed(string field) =>
        new(ProtocolFault.NullNotAllowed, $"{field} must not be null in this version.");

    /// <summary>A value that the version to be written has no field for.</summary>
    public static ProtocolException FieldNotInVersion(string field, short version) =>
        new(ProtocolFault.FieldNotInVersion, $"{field} is set, but version {version} cannot carry it.");
}
