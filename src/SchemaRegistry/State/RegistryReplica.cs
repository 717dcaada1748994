using System.Text;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry.State;

/// <summary>
/// Follows the topic: reads each record, applies it, publishes the image. The only writer of the state, at start and afterwards.
/// </summary>
internal sealed class RegistryReplica(ISchemaTopic topic, TimeProvider time, ILogger logger, RegistryState? initial = null) : IAsyncDisposable
{
    private const int LongestShownKey = 500;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly RegistryState _state = initial ?? new();
    private readonly Lock _gate = new();
    private readonly List<(long Offset, TaskCompletionSource Done)> _waiting = [];
    private readonly Dictionary<long, Applied> _watched = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<string> _problems = new(StringComparer.Ordinal);
    private volatile RegistryImage _image = new RegistryState().ToImage();
    private volatile SchemaTopicException? _stopReason;
    private long _position;
    private bool _watches;
    private Task _following = Task.CompletedTask;

    /// <summary>The newest state.</summary>
    public RegistryImage Image => _image;

    /// <summary>Completes when everything that was in the topic at the start is applied.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Whether the topic was read to its end at the start and is still followed; what is answered would grow old otherwise.</summary>
    public bool IsFollowing => _ready.Task.IsCompletedSuccessfully && _stopReason is null;

    public void Start() => _following = Task.Run(FollowAsync);

    /// <summary>From now on keeps what applying each record did, until <see cref="TakeResults"/>. One writer at a time.</summary>
    public void Watch()
    {
        lock (_gate)
        {
            _watches = true;
            _watched.Clear();
        }
    }

    /// <summary>What applying the records at these offsets did; ends the watch.</summary>
    public IReadOnlyList<Applied> TakeResults(IReadOnlyList<long> offsets)
    {
        lock (_gate)
        {
            var results = offsets.Select(offset => _watched.GetValueOrDefault(offset)).ToList();
            _watches = false;
            _watched.Clear();
            return results;
        }
    }

    /// <summary>Completes when the record at the offset is applied.</summary>
    /// <exception cref="SchemaTopicException">The topic is read no more.</exception>
    public Task AppliedAsync(long offset)
    {
        lock (_gate)
        {
            if (_stopReason is { } stopped) return Task.FromException(stopped);
            if (_image.NextOffset > offset) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((offset, done));
            return done.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _ready.TrySetCanceled(CancellationToken.None);
        lock (_gate)
        {
            foreach (var (_, done) in _waiting) done.TrySetCanceled(CancellationToken.None);
            _waiting.Clear();
        }
        _stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        var cancel = _stopping.Token;
        var pause = FirstPause;
        long? readyAt = null;
        Task<PreparedPage>? ahead = null;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (readyAt is null)
                {
                    await topic.PrepareAsync(cancel).ConfigureAwait(false);
                    readyAt = await topic.EndOffsetAsync(cancel).ConfigureAwait(false);
                    BecomeReady(readyAt.Value);
                }
                var page = await (ahead ?? ReadAsync(_position, cancel)).ConfigureAwait(false);
                // While there is a backlog, the next page is read and taken apart as this one is applied.
                var (isBehind, next) = (page.NextOffset < readyAt, page.NextOffset);
                ahead = isBehind ? Task.Run(() => ReadAsync(next, cancel), cancel) : null;
                Apply(page, isBehind);
                BecomeReady(readyAt.Value);
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (SchemaTopicException fault)
            {
                ahead = null;
                RegistryLog.TopicFailed(logger, fault.Message);
                await Task.Delay(pause, time, cancel).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
                pause = pause < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception fault)
            {
                // Not expected, so not survivable: readiness and writes report it instead of waiting for ever.
                RegistryLog.Stopped(logger, fault);
                Fail(fault);
                return;
            }
        }
    }

    private async Task<PreparedPage> ReadAsync(long offset, CancellationToken cancel)
    {
        var page = await topic.ReadAsync(offset, cancel).ConfigureAwait(false);
        if (page.IsCutAway) RegistryLog.CutAway(logger, offset, page.NextOffset);
        return new PreparedPage(PreparedRecord.Of(page.Records), page.NextOffset);
    }

    private void Apply(PreparedPage page, bool isBehind)
    {
        if (page.Records.Length == 0 && page.NextOffset <= _position) return;
        lock (_gate)
        {
            foreach (ref readonly var record in page.Records.AsSpan())
            {
                var applied = Apply(record);
                if (applied.Problem is { } problem) PassOver(record.Record, problem);
                if (applied.IdTaken) RegistryLog.IdTaken(logger, record.Record.Offset);
                if (_watches) _watched[record.Record.Offset] = applied;
            }
            _state.SkipTo(page.NextOffset);
            _position = Math.Max(_position, page.NextOffset);
            // Nobody looks at the state before all of it is there, and what an image shares with the state has to be copied before it changes.
            if (isBehind) return;
            _image = _state.ToImage();
            foreach (var (offset, done) in _waiting)
                if (_image.NextOffset > offset) done.TrySetResult();
            _waiting.RemoveAll(waiter => _image.NextOffset > waiter.Offset);
        }
    }

    /// <summary>One record. Where that fails it is a bug, which costs this record: a registry without one schema serves all the others.</summary>
    private Applied Apply(in PreparedRecord record)
    {
        try
        {
            return _state.Apply(record);
        }
        catch (Exception fault)
        {
            RegistryMetrics.PassedOver();
            RegistryLog.PassedOver(logger, record.Record.Offset, ShownKey(record.Record.Key), fault.Message);
            return default;
        }
    }

    /// <summary>A record that is no registry's. Anybody may write such ones, and as many as they like.</summary>
    private void PassOver(TopicRecord record, string problem)
    {
        RegistryMetrics.PassedOver();
        if (_problems.Add(problem)) RegistryLog.NoRegistrys(logger, record.Offset, ShownKey(record.Key), problem);
    }

    /// <summary>A key for people to read: whoever wrote it chose its characters and its length.</summary>
    private static string ShownKey(byte[]? key)
    {
        if (key is null) return "none";
        var text = Encoding.UTF8.GetString(key.AsSpan(0, Math.Min(key.Length, LongestShownKey)));
        return string.Concat(text.Select(static character => char.IsControl(character) ? ' ' : character));
    }

    /// <summary>A stretch of the topic, taken apart.</summary>
    private sealed record PreparedPage(PreparedRecord[] Records, long NextOffset);

    private void BecomeReady(long readyAt)
    {
        if (_image.NextOffset < readyAt || !_ready.TrySetResult()) return;
        RegistryLog.Ready(logger, _image.Subjects.Count, _image.Ids.Count, _image.NextOffset);
    }

    private void Fail(Exception fault)
    {
        _ready.TrySetException(fault);
        lock (_gate)
        {
            _stopReason = new SchemaTopicException("The registry no longer reads its topic", fault);
            foreach (var (_, done) in _waiting) done.TrySetException(_stopReason);
            _waiting.Clear();
        }
    }
}
