namespace Gateway.Protocol;

/// <summary>What the message classes say about one API: its versions, which are flexible, and how its headers look.</summary>
/// <remarks>These are the versions we can encode; which ones a broker serves is in its handler table.</remarks>
public sealed partial class MessageInfo
{
    private static readonly MessageInfo?[] ByKey = Index(All());

    private readonly Func<IRequest> _newRequest;
    private readonly Func<IResponse> _newResponse;

    private MessageInfo(
        ApiKey key, short lowestVersion, short highestVersion, short flexibleFrom, Func<IRequest> newRequest, Func<IResponse> newResponse)
    {
        ApiKey = key;
        LowestVersion = lowestVersion;
        HighestVersion = highestVersion;
        FlexibleFrom = flexibleFrom;
        _newRequest = newRequest;
        _newResponse = newResponse;
    }

    /// <summary>The API.</summary>
    public ApiKey ApiKey { get; }

    /// <summary>The oldest version we can encode.</summary>
    public short LowestVersion { get; }

    /// <summary>The newest version we can encode.</summary>
    public short HighestVersion { get; }

    /// <summary>The first flexible version, of request and response alike.</summary>
    public short FlexibleFrom { get; }

    /// <summary>Every API we have messages for, by key.</summary>
    public static IEnumerable<MessageInfo> Known => ByKey.OfType<MessageInfo>();

    /// <summary>The API's entry, or null when we have no messages for it. Takes any number a peer may send.</summary>
    public static MessageInfo? Find(ApiKey key) => (int)key >= 0 && (int)key < ByKey.Length ? ByKey[(int)key] : null;

    /// <summary>The API's entry; an unknown key is a bug of the caller.</summary>
    public static MessageInfo Of(ApiKey key) =>
        Find(key) ?? throw new ArgumentOutOfRangeException(nameof(key), key, "No messages for this API.");

    /// <summary>Whether we can encode <paramref name="version"/>.</summary>
    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;

    /// <summary>Whether the version has compact lengths and tag sections.</summary>
    public bool IsFlexible(short version) => version >= FlexibleFrom;

    /// <summary>The request header's version: 2 with a tag section, else 1.</summary>
    public short RequestHeaderVersion(short version) => IsFlexible(version) ? (short)2 : (short)1;

    /// <summary>The response header's version: 1 with a tag section, else 0; an ApiVersions answer always has 0 (AV-1).</summary>
    public short ResponseHeaderVersion(short version) => IsFlexible(version) && ApiKey != ApiKey.ApiVersions ? (short)1 : (short)0;

    /// <summary>A request with every field at its default.</summary>
    public IRequest NewRequest() => _newRequest();

    /// <summary>A response with every field at its default.</summary>
    public IResponse NewResponse() => _newResponse();

    private static MessageInfo?[] Index(MessageInfo[] all)
    {
        var byKey = new MessageInfo?[all.Max(static info => (int)info.ApiKey) + 1];
        foreach (MessageInfo info in all) byKey[(int)info.ApiKey] = info;
        return byKey;
    }

    /// <summary>Written by the generator from the request and response classes.</summary>
    private static partial MessageInfo[] All();
}
