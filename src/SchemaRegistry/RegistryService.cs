using System.Globalization;
using Gateway.Common.Bodies;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;
using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.SchemaRegistry;

/// <summary>
/// The schema registry. Reads its topic from the start, then follows it; every change is a record appended and applied when it is read back.
/// Any number of registries may share a topic: who finds that another writer was first decides again.
/// </summary>
public sealed class RegistryService : ISchemaLookup, IAsyncDisposable
{
    private const int MaxAttempts = 20;
    private const int LongestPauseMs = 100;

    private readonly ISchemaTopic _topic;
    private readonly TimeProvider _time;
    private readonly Random _chance;
    private readonly ILogger _logger;
    private readonly RegistryReplica _replica;
    private readonly SemaphoreSlim _writeTurn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task _sweeping = Task.CompletedTask;

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
        _chance = chance ?? Random.Shared;
        _logger = logger ?? NullLogger<RegistryService>.Instance;
        _replica = new RegistryReplica(topic, _time, _logger);
        Bodies = new RequestBodies(Options.MaxBodyBytes, Options.MaxBufferedBodyBytes, Options.BodyStallTimeout, _time);
        Schemas = new ParsedSchemas(languages ?? SchemaLanguages.All, Options.Budget);
        Matching = new SchemaMatching(Schemas, Options);
        Compatibility = new Compatibility(Schemas, Options);
        Registration = new Registration(Matching, Compatibility, Options);
        Associating = new Associating(Registration, Options);
        AssociatedTopics = new AssociatedTopics(this, topic, _time, _logger);
        Settings = new Settings(Options);
    }

    /// <summary>The settings it runs with.</summary>
    public RegistryOptions Options { get; }

    /// <summary>Completes when everything that stood in the topic at the start is known; requests are refused until then.</summary>
    public Task Ready => _replica.Ready;

    /// <summary>Whether requests are served.</summary>
    public bool IsReady => _replica.Ready.IsCompletedSuccessfully;

    internal RegistryImage Image => _replica.Image;

    internal ParsedSchemas Schemas { get; }

    internal RequestBodies Bodies { get; }

    internal SchemaMatching Matching { get; }

    internal Compatibility Compatibility { get; }

    internal Settings Settings { get; }

    internal Associating Associating { get; }

    internal AssociatedTopics AssociatedTopics { get; }

    internal long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private Registration Registration { get; }

    /// <summary>Starts to read the topic in the background; await <see cref="Ready"/> for the end of it.</summary>
    public void Start()
    {
        _replica.Start();
        _sweeping = AssociatedTopics.KeepSweepingAsync(Options.TopicSweepInterval, _stopping.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
        _stopping.Dispose();
        await _replica.DisposeAsync().ConfigureAwait(false);
        await _topic.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<SchemaAnswer> FindByIdAsync(int id, CancellationToken cancel)
    {
        if (!IsReady) return new(Failed(RegistryFault.NotReady()));
        return new(Image.Ids.TryGetValue(new ContextId(QualifiedSubject.DefaultContext, id), out var entry)
            ? Answer(QualifiedSubject.DefaultContext, id, entry.Content, null)
            : Failed(RegistryFault.SchemaNotFound(id.ToString(CultureInfo.InvariantCulture))));
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

    internal ValueTask<Outcome<SchemaVersion>> RegisterAsync(QualifiedSubject subject, RegisterRequest request, CancellationToken cancel) =>
        WriteAsync(image => Registration.Decide(image, subject, request), cancel);

    /// <summary>Decides, appends what was decided, waits until it is applied, and answers from the state that holds it.</summary>
    internal async ValueTask<Outcome<T>> WriteAsync<T>(Func<RegistryImage, Outcome<Decision<T>>> decide, CancellationToken cancel)
    {
        if (!IsReady) return RegistryFault.NotReady();
        // Most registrations are of schemas known already; they need no turn. This also keeps the parsing out of the turn.
        var image = Image;
        var first = decide(image);
        if (first.Fault is { } refused) return refused;
        if (first.Value.Writes.Count == 0) return Outcome.Of(first.Value.Reply(image));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = _time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), limit, Options.WriteTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await _writeTurn.WaitAsync(limit.Token).ConfigureAwait(false);
            try
            {
                return await WriteInTurnAsync(decide, limit.Token).ConfigureAwait(false);
            }
            finally
            {
                _writeTurn.Release();
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return RegistryFault.TimedOut();
        }
        catch (SchemaTopicException fault)
        {
            return fault.IsTooLarge ? RegistryFault.SchemaTooLarge(Options.MaxSchemaBytes) : RegistryFault.StoreFailed(fault.Message);
        }
    }

    private async ValueTask<Outcome<T>> WriteInTurnAsync<T>(Func<RegistryImage, Outcome<Decision<T>>> decide, CancellationToken cancel)
    {
        var passedOver = new HashSet<RecordKey>();
        var outcome = await DecideAndAppendAsync(decide, passedOver, cancel).ConfigureAwait(false);
        // What stays the last record of its key is read at every start, and one that is passed over today need not be then. But not before the
        // end: meanwhile another registry may have taken the version, and a removal would hit that.
        var left = passedOver.Where(key => Image.Find(key.Subject!, key.Version) is null).Select(key => new TopicWrite(key.ToBytes(), null)).ToList();
        if (left.Count > 0) await AppendAsync(left, cancel).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<Outcome<T>> DecideAndAppendAsync<T>(
        Func<RegistryImage, Outcome<Decision<T>>> decide, HashSet<RecordKey> passedOver, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var image = Image;
            var outcome = decide(image);
            if (outcome.Fault is { } fault) return fault;
            var decision = outcome.Value;
            if (decision.Writes.Count == 0) return Outcome.Of(decision.Reply(image));

            var results = await AppendAsync([.. decision.Writes.Select(planned => planned.Write)], cancel).ConfigureAwait(false);
            var repairs = Repairs(decision.Writes, results, passedOver);
            if (repairs is null) return Outcome.Of(decision.Reply(Image));
            RegistryLog.LostRace(_logger);
            if (repairs.Count > 0) await AppendAsync(repairs, cancel).ConfigureAwait(false);
            // A registry nearer to the broker would win every race that is run at once.
            var pause = TimeSpan.FromMilliseconds(_chance.Next(Math.Min(LongestPauseMs, 5 << Math.Min(attempt, 5))));
            await Task.Delay(pause, _time, cancel).ConfigureAwait(false);
        }
        return RegistryFault.StoreFailed("other registries kept writing at the same time");
    }

    private async ValueTask<IReadOnlyList<Applied>> AppendAsync(IReadOnlyList<TopicWrite> writes, CancellationToken cancel)
    {
        _replica.Watch();
        var offsets = await _topic.AppendAsync(writes, cancel).ConfigureAwait(false);
        await _replica.AppliedAsync(offsets[^1]).WaitAsync(cancel).ConfigureAwait(false);
        return _replica.TakeResults(offsets);
    }

    /// <summary>
    /// Null when every record took effect on the state it was decided for. Otherwise another writer was first: with a version, with an id, with the
    /// deletion of what ours refers to, or with a reference to what ours deletes. What our record overwrote or left behind has to be put right: the
    /// last record of a key is the one compaction keeps. Records that were passed over and left nothing behind are named to the caller instead.
    /// </summary>
    private static List<TopicWrite>? Repairs(IReadOnlyList<PlannedWrite> writes, IReadOnlyList<Applied> results, HashSet<RecordKey> passedOver)
    {
        List<TopicWrite>? repairs = null;
        for (var i = 0; i < writes.Count; i++)
        {
            SchemaVersion? winner;
            if (writes[i].Removed is { } removed)
            {
                if (!results[i].LeavesReferenceOpen) continue;
                winner = removed;
            }
            else
            {
                if (writes[i].NewVersion is not { } expected) continue;
                if (!results[i].IdTaken && !results[i].LeavesReferenceOpen && expected.Matches(results[i].Previous)) continue;
                winner = results[i].Previous;
            }
            repairs ??= [];
            if (winner is null && results[i].IdTaken) passedOver.Add(RecordKey.Read(writes[i].Write.Key)!);
            else repairs.Add(new TopicWrite(writes[i].Write.Key, winner is null ? null : RecordValues.Schema(winner), winner?.TimestampMs));
        }
        return repairs;
    }

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

    internal void Report(string operation, Exception fault) => RegistryLog.OperationFailed(_logger, operation, fault);
}
