using Gateway.SchemaRegistry.Decisions;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;
using Microsoft.Extensions.Logging;

namespace Gateway.SchemaRegistry;

/// <summary>
/// Writes decisions to the topic, one at a time. Nothing keeps other registries from writing there too: what a record did is seen when it is read
/// back, and who finds that another was first puts that one's record right and decides again.
/// </summary>
internal sealed class RegistryWriter(
    ISchemaTopic topic, RegistryReplica replica, RegistryOptions options, TimeProvider time, Random chance, ILogger logger)
{
    private const int MaxAttempts = 20;
    private const int LongestPauseMs = 100;

    // What others bring meanwhile gets less each time, unless somebody sees to it that it does not.
    private const int MaxRedecisions = 5;

    private readonly SemaphoreSlim _writeTurn = new(1, 1);

    /// <summary>Decides, appends what was decided, waits until it is applied, and answers from the state that holds it.</summary>
    /// <param name="decide">Takes the decision.</param>
    /// <param name="deliberation">What the decision costs; null where that is always little.</param>
    /// <param name="cancel">Gives up.</param>
    public async ValueTask<Outcome<T>> WriteAsync<T>(
        Func<RegistryImage, Outcome<Decision<T>>> decide, Deliberation? deliberation, CancellationToken cancel)
    {
        // Most registrations are of schemas known already; they need no turn. This also keeps parses and comparisons out of the turn.
        var image = replica.Image;
        var first = decide(image);
        if (first.Fault is { } refused) return refused;
        if (first.Value.Writes.Count == 0) return Outcome.Of(first.Value.Reply(image));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var timer = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), limit, options.WriteTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            for (var (left, costs) = (MaxRedecisions, deliberation?.Taken ?? 0); ; left--)
            {
                await _writeTurn.WaitAsync(limit.Token).ConfigureAwait(false);
                try
                {
                    // What was found out is not found out again, but what came since has to be; where that may take long, others go first meanwhile.
                    if (costs <= Deliberation.CostlySteps || left == 0 || ReferenceEquals(image, replica.Image))
                        return await WriteInTurnAsync(decide, limit.Token).ConfigureAwait(false);
                }
                finally
                {
                    _writeTurn.Release();
                }
                image = replica.Image;
                costs = -deliberation!.Taken;
                if (decide(image).Fault is { } fault) return fault;
                costs += deliberation.Taken;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return RegistryFault.TimedOut();
        }
        catch (SchemaTopicException fault)
        {
            return fault.IsTooLarge ? RegistryFault.RecordTooLarge(options.TopicName, fault.TakesAtMost) : RegistryFault.StoreFailed(fault.Message);
        }
    }

    private async ValueTask<Outcome<T>> WriteInTurnAsync<T>(Func<RegistryImage, Outcome<Decision<T>>> decide, CancellationToken cancel)
    {
        var passedOver = new HashSet<RecordKey>();
        var outcome = await DecideAndAppendAsync(decide, passedOver, cancel).ConfigureAwait(false);
        // What stays the last record of its key is read at every start, and one that is passed over today need not be then. But not before the
        // end: meanwhile another registry may have taken the version, and a removal would hit that.
        var left = passedOver.Where(key => replica.Image.Find(key.Subject!, key.Version) is null).Select(key => new TopicWrite(key.ToBytes(), null)).ToList();
        if (left.Count > 0) await AppendAsync(left, cancel).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<Outcome<T>> DecideAndAppendAsync<T>(
        Func<RegistryImage, Outcome<Decision<T>>> decide, HashSet<RecordKey> passedOver, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var image = replica.Image;
            var outcome = decide(image);
            if (outcome.Fault is { } fault) return fault;
            var decision = outcome.Value;
            if (decision.Writes.Count == 0) return Outcome.Of(decision.Reply(image));

            var results = await AppendAsync([.. decision.Writes.Select(planned => planned.Write)], cancel).ConfigureAwait(false);
            var repairs = Repairs(decision.Writes, results, passedOver);
            if (repairs is null) return Outcome.Of(decision.Reply(replica.Image));
            RegistryLog.LostRace(logger);
            if (repairs.Count > 0) await AppendAsync(repairs, cancel).ConfigureAwait(false);
            // A registry nearer to the broker would win every race that is run at once.
            var pause = TimeSpan.FromMilliseconds(chance.Next(Math.Min(LongestPauseMs, 5 << Math.Min(attempt, 5))));
            await Task.Delay(pause, time, cancel).ConfigureAwait(false);
        }
        return RegistryFault.StoreFailed("other registries kept writing at the same time");
    }

    private async ValueTask<IReadOnlyList<Applied>> AppendAsync(IReadOnlyList<TopicWrite> writes, CancellationToken cancel)
    {
        replica.Watch();
        var offsets = await topic.AppendAsync(writes, cancel).ConfigureAwait(false);
        await replica.AppliedAsync(offsets[^1]).WaitAsync(cancel).ConfigureAwait(false);
        return replica.TakeResults(offsets);
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
}
