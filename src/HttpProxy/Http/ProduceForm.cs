namespace Gateway.HttpProxy.Http;

/// <summary>The form of a request that brings records.</summary>
internal enum ProduceForm
{
    /// <summary>One object with a list of records.</summary>
    Request,

    /// <summary>A record on each line.</summary>
    Lines,

    /// <summary>CloudEvents, in any of their modes.</summary>
    CloudEvents,
}
