using System.Globalization;
using System.Net;
using Gateway.Common.Bodies;
using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Gateway.SchemaRegistry.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.SchemaRegistry;

/// <summary>
/// The schema registry. Reads its topic from the start, then follows it; every change is a record appended and applied when it is read back.
/// Any number of registries may share a topic: who finds that another writer was first decides again.
/// </summary>
public sealed class RegistryService : ISchemaLookup, IAsyncDisposable
{
    private readonly ISchemaTopic _topic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RegistryReplica _replica;
    private readonly RegistryWriter _writer;
    private readonly RegistryGauges _gauges;
    private readonly CancellationTokenSource _stopping = new();
    private Task _upkeep = Task.CompletedTask;

    /// <summary>A registry on a topic, which it disposes with itself.</summary>
    public RegistryService(
        ISchemaTopic topic,
        RegistryOptions? options = null,
        SchemaLanguages? languages = null,
        TimeProvider? time = null,
        Random? chance = null,
        ILogger<RegistryService>? logger = null)
    {
        _topic = topic;
        Options = options ?? new RegistryOptions();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RegistryService>.Instance;
        _replica = new RegistryReplica(topic, _time, _logger);
        _writer = new RegistryWriter(topic, _replica, Options, _time, chance ?? Random.Shared, _logger);
        Bodies = new RequestBodies(Options.MaxBodyBytes, Options.MaxBufferedBodyBytes, Options.BodyStallTimeout, _time) { Stopping = _stopping.Token };
        Schemas = new ParsedSchemas(languages ?? SchemaLanguages.All, Options.Budget);
        Matching = new SchemaMatching(Schemas, Options);
        Compatibility = new Compatibility(Schemas, Options);
        Registration = new Registration(Matching, Compatibility, Options);
        Associating = new Associating(Registration, Options);
        RecordValidators = new RecordValidators(this);
        AssociatedTopics = new AssociatedTopics(this, topic, _logger);
        Settings = new Settings(Options);
        Upkeep = new RegistryUpkeep(this, _time, _logger);
        _gauges = new RegistryGauges(() => Image);
    }

    /// <summary>The settings it runs with.</summary>
    public RegistryOptions Options { get; }

    /// <summary>Completes when everything that stood in the topic at the start is known; requests are refused until then.</summary>
    public Task Ready => _replica.Ready;

    /// <summary>Judges the records that a broker in the same process is given, by the state of this registry.</summary>
    public IRecordValidators RecordValidators { get; }

    /// <summary>Whether requests are served: the topic was read, and is still followed.</summary>
    public bool IsReady => _replica.IsFollowing;

    internal RegistryImage Image => _replica.Image;

    internal ParsedSchemas Schemas { get; }

    internal RequestBodies Bodies { get; }

    internal SchemaMatching Matching { get; }

    internal Compatibility Compatibility { get; }

    internal Settings Settings { get; }

    internal Associating Associating { get; }

    internal AssociatedTopics AssociatedTopics { get; }

    internal RegistryUpkeep Upkeep { get; }

    internal TimeProvider Time => _time;

    internal long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private Registration Registration { get; }

    /// <summary>Starts to read the topic in the background; await <see cref="Ready"/> for the end of it.</summary>
    public void Start()
    {
        _replica.Start();
        _upkeep = Upkeep.RunAsync(Options.TopicSweepInterval, _stopping.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _gauges.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _upkeep.ConfigureAwait(false);
        _stopping.Dispose();
        await _replica.DisposeAsync().ConfigureAwait(false);
        await _topic.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends what a server that stops would wait for.</summary>
    internal void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public ValueTask<SchemaAnswer> FindByIdAsync(int id, CancellationToken cancel)
    {
        if (!IsReady) return new(Failed(RegistryFault.NotReady()));
        return new(Image.Ids.TryGetValue(new ContextId(QualifiedSubject.DefaultContext, id), out var entry)
            ? Answer(QualifiedSubject.DefaultContext, id, entry.Content, null)
            : Failed(RegistryFault.SchemaNotFound(id.ToString(CultureInfo.InvariantCulture))));
    }

    /// <inheritdoc/>
    public ValueTask<SchemaAnswer> FindByGuidAsync(Guid guid, CancellationToken cancel)
    {
        if (!IsReady) return new(Failed(RegistryFault.NotReady()));
        foreach (var id in Image.IdsOf(guid))
            if (Image.Ids.TryGetValue(id, out var entry)) return new(Answer(id.Context, id.Id, entry.Content, null));
        return new(Failed(RegistryFault.SchemaNotFound(guid.ToString())));
    }

    /// <inheritdoc/>
    public ValueTask<SchemaAnswer> FindLatestAsync(string subject, CancellationToken cancel) => new(FindLive(subject, null));

    /// <inheritdoc/>
    public ValueTask<SchemaAnswer> FindVersionAsync(string subject, int version, CancellationToken cancel) =>
        new(FindLive(subject, version));

    /// <inheritdoc/>
    public async ValueTask<SchemaAnswer> RegisterAsync(
        string subject, string schemaType, string text, IReadOnlyList<SchemaReference> references, CancellationToken cancel)
    {
        var request = new RegisterRequest { SchemaType = schemaType, Schema = text, References = [.. references] };
        var qualified = QualifiedSubject.Parse(subject);
        var outcome = await RegisterAsync(qualified, request, cancel).ConfigureAwait(false);
        return outcome.Fault is { } fault
            ? Failed(fault)
            : Answer(qualified.Context, outcome.Value.Id, outcome.Value.Content, outcome.Value);
    }

    /// <summary>Id of the Kafka cluster everything is kept on.</summary>
    internal async ValueTask<Outcome<string>> ClusterIdAsync(CancellationToken cancel)
    {
        try
        {
            return await _topic.ClusterIdAsync(cancel).ConfigureAwait(false);
        }
        catch (SchemaTopicException fault)
        {
            return RegistryFault.StoreFailed(fault.Message);
        }
    }

    /// <summary>Completes when the record at an offset is part of the state.</summary>
    internal Task AppliedAsync(long offset) => _replica.AppliedAsync(offset);

    internal ValueTask<Outcome<SchemaVersion>> RegisterAsync(QualifiedSubject subject, RegisterRequest request, CancellationToken cancel)
    {
        var deliberation = Deliberate();
        return WriteAsync(image => Registration.Decide(image, subject, request, deliberation), cancel, deliberation);
    }

    /// <summary>What a request that parses and compares begins with.</summary>
    internal Deliberation Deliberate() => Registration.Deliberate();

    /// <summary>Decides, appends what was decided, waits until it is applied, and answers from the state that holds it.</summary>
    internal ValueTask<Outcome<T>> WriteAsync<T>(
        Func<RegistryImage, Outcome<Decision<T>>> decide, CancellationToken cancel, Deliberation? deliberation = null) =>
        IsReady ? _writer.WriteAsync(decide, deliberation, cancel) : new(RegistryFault.NotReady());

    private SchemaAnswer FindLive(string subject, int? version)
    {
        if (!IsReady) return Failed(RegistryFault.NotReady());
        var image = Image;
        var located = image.Locate(QualifiedSubject.Parse(subject));
        var name = located.ToString();
        if (!image.HasLive(name)) return Failed(RegistryFault.SubjectNotFound(subject));
        var found = version is { } number ? image.Find(name, number) : image.Latest(name);
        return found is { Deleted: false }
            ? Answer(located.Context, found.Id, found.Content, found)
            : Failed(RegistryFault.VersionNotFound(version ?? -1));
    }

    private SchemaAnswer Answer(string context, int id, SchemaContent content, SchemaVersion? version)
    {
        var parsed = Schemas.Stored(Image, context, content);
        return parsed.Fault is { } fault
            ? Failed(fault)
            : SchemaAnswer.Of(new RegisteredSchema(id, content.Guid, version?.Subject, version?.Version, parsed.Value));
    }

    private static SchemaAnswer Failed(RegistryFault fault) => SchemaAnswer.Failed(fault.Code, fault.Message);

    internal void ReportSlowReader(IPAddress? remote) => RegistryLog.SlowReader(_logger, remote);

    internal void Report(string operation, Exception fault) => RegistryLog.OperationFailed(_logger, operation, fault);
}
