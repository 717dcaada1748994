using Gateway.Common.Buffers;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Frames;

/// <summary>A request as a frame: size, header, body. Decoding starts after the size, which the socket's reader has used up.</summary>
public static class RequestFrame
{
    /// <summary>Encodes a request. Its records stay the caller's; the frame holds leases of its own.</summary>
    public static OutgoingFrame Encode(IRequest request, short version, int correlationId, string? clientId)
    {
        MessageInfo info = MessageInfo.Of(request.ApiKey);
        using var writer = new KafkaWriter();
        writer.Int32(0);
        writer.Int16((short)request.ApiKey);
        writer.Int16(version);
        writer.Int32(correlationId);
        writer.NullableString(clientId, flexible: false);
        if (info.RequestHeaderVersion(version) == 2) writer.UnsignedVarint(0);
        request.Write(writer, version);
        writer.PatchInt32(0, writer.Length - 4);
        return writer.Finish();
    }

    /// <summary>
    /// Reads the header. Of an API or version we have no messages for, the tag section stays unread: the caller can only
    /// close the connection, or answer ApiVersions in version 0 (AV-2).
    /// </summary>
    public static RequestHeader ReadHeader(ref KafkaReader reader)
    {
        var key = (ApiKey)reader.Int16();
        short version = reader.Int16();
        int correlationId = reader.Int32();
        string? clientId = reader.NullableString(flexible: false);
        if (MessageInfo.Find(key) is { } info && info.Has(version) && info.RequestHeaderVersion(version) == 2) reader.SkipTagSection();
        return new RequestHeader(key, version, correlationId, clientId);
    }

    /// <summary>Reads the body that follows <paramref name="header"/>; it must use the frame up (CON-2).</summary>
    public static IRequest ReadBody(ref KafkaReader reader, in RequestHeader header)
    {
        MessageInfo info = MessageInfo.Find(header.ApiKey)
            ?? throw new ProtocolException(ProtocolFault.UnknownApiKey, $"No API has key {(short)header.ApiKey}.");
        IRequest request = info.NewRequest();
        ReadBody(ref reader, header, request);
        return request;
    }

    /// <summary>As <see cref="ReadBody(ref KafkaReader, in RequestHeader)"/>, into a request of the header's API that is as a new one.</summary>
    public static void ReadBody(ref KafkaReader reader, in RequestHeader header, IRequest request)
    {
        if (!MessageInfo.Of(header.ApiKey).Has(header.ApiVersion)) throw ProtocolException.UnsupportedVersion(header.ApiKey.ToString(), header.ApiVersion);
        try
        {
            request.Read(ref reader, header.ApiVersion);
            reader.ExpectEnd();
        }
        catch (ProtocolException)
        {
            request.ReleaseRecords();
            throw;
        }
    }

    /// <summary>Reads header and body. Records in the request are leases on the frame's memory, owned by the request.</summary>
    public static (RequestHeader Header, IRequest Body) Decode(RecordsLease frame)
    {
        var reader = new KafkaReader(frame);
        RequestHeader header = ReadHeader(ref reader);
        return (header, ReadBody(ref reader, header));
    }
}
