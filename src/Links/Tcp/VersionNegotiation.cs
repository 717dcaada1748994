using System.Buffers.Binary;
using System.Collections.Frozen;
using Gateway.Common.Errors;
using Gateway.Protocol;
using Gateway.Protocol.Messages;

namespace Gateway.Links.Tcp;

/// <summary>Finds out with ApiVersions which versions a broker and this side have in common.</summary>
internal static class VersionNegotiation
{
    /// <summary>Asks in the newest version known here, and again in the broker's newest if that was too new (AV-2).</summary>
    internal static async ValueTask<FrozenDictionary<ApiKey, short>> AskAsync(TcpLink link, TcpLinkOptions options, CancellationToken cancel)
    {
        MessageInfo known = MessageInfo.Of(ApiKey.ApiVersions);
        ApiVersionsResponse answer = await link.SendInVersionAsync(Request(options), known.HighestVersion, cancel).ConfigureAwait(false);
        if (answer.ErrorCode == ErrorCode.UnsupportedVersion)
            answer = await link.SendInVersionAsync(Request(options), BestOf(answer, known), cancel).ConfigureAwait(false);
        if (answer.ErrorCode != ErrorCode.None) throw new LinkClosedException($"The broker refused ApiVersions: {answer.ErrorCode}.");

        var newest = new Dictionary<ApiKey, short>();
        foreach (ApiVersionsResponse.ApiVersion offered in answer.ApiKeys)
        {
            if (MessageInfo.Find((ApiKey)offered.ApiKey) is not { } info) continue;
            short version = Math.Min(offered.MaxVersion, info.HighestVersion);
            if (version >= Math.Max(offered.MinVersion, info.LowestVersion)) newest[info.ApiKey] = version;
        }
        return newest.ToFrozenDictionary();
    }

    /// <summary>Whether a response frame (correlation id first) starts with UNSUPPORTED_VERSION.</summary>
    internal static bool SaysUnsupported(ReadOnlySpan<byte> frame) =>
        frame.Length >= 6 && BinaryPrimitives.ReadInt16BigEndian(frame[4..]) == (short)ErrorCode.UnsupportedVersion;

    private static short BestOf(ApiVersionsResponse answer, MessageInfo known)
    {
        foreach (ApiVersionsResponse.ApiVersion offered in answer.ApiKeys)
        {
            if (offered.ApiKey == (short)ApiKey.ApiVersions)
                return Math.Clamp(offered.MaxVersion, known.LowestVersion, known.HighestVersion);
        }
        return known.LowestVersion;
    }

    private static ApiVersionsRequest Request(TcpLinkOptions options) => new()
    {
        ClientSoftwareName = options.SoftwareName,
        ClientSoftwareVersion = options.SoftwareVersion,
    };
}
