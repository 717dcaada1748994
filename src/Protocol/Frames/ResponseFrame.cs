using System.Buffers.Binary;
using Gateway.Common.Buffers;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Frames;

/// <summary>A response as a frame: size, header, body.</summary>
public static class ResponseFrame
{
    /// <summary>Encodes a response and releases its records: the frame holds leases of its own, and the response is used up.</summary>
    public static OutgoingFrame Encode(IResponse response, short version, int correlationId)
    {
        KafkaWriter writer = KafkaWriter.Take();
        try
        {
            MessageInfo info = MessageInfo.Of(response.ApiKey);
            writer.Int32(0);
            writer.Int32(correlationId);
            if (info.ResponseHeaderVersion(version) == 1) writer.UnsignedVarint(0);
            response.Write(writer, version);
            writer.PatchInt32(0, writer.Length - 4);
            return writer.Finish();
        }
        finally
        {
            writer.Recycle();
            response.ReleaseRecords();
        }
    }

    /// <summary>The correlation id of a response frame (without its size), to find the request it answers.</summary>
    public static int PeekCorrelationId(ReadOnlySpan<byte> frame) => frame.Length >= 4
        ? BinaryPrimitives.ReadInt32BigEndian(frame)
        : throw new ProtocolException(ProtocolFault.Truncated, "A response frame without a correlation id.");

    /// <summary>
    /// Reads the answer to <paramref name="request"/>. Records in it are leases on the frame's memory, owned by the response.
    /// </summary>
    /// <param name="frame">The frame without its size.</param>
    /// <param name="request">The request that was sent.</param>
    /// <param name="version">The version it was sent in.</param>
    /// <param name="correlationId">The id it was sent with.</param>
    public static IResponse Decode(RecordsLease frame, IRequest request, short version, int correlationId)
    {
        var reader = new KafkaReader(frame);
        int answered = reader.Int32();
        if (answered != correlationId)
            throw new ProtocolException(ProtocolFault.CorrelationMismatch, $"Sent request {correlationId}, got the answer to {answered}.");
        MessageInfo info = MessageInfo.Of(request.ApiKey);
        if (info.ResponseHeaderVersion(version) == 1) reader.SkipTagSection();
        IResponse response = info.NewResponse();
        try
        {
            response.Read(ref reader, version);
            reader.ExpectEnd();
            return response;
        }
        catch (ProtocolException)
        {
            response.ReleaseRecords();
            throw;
        }
    }
}
