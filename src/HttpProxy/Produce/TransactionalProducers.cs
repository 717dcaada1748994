using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Client;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// Producers for transactions over HTTP, each of which carries one at a time. Their transactional ids are the same after a restart, so that what a process
/// left open when it was killed is aborted by the next one's first use; the rest ends with its time.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TransactionalProducers(KafkaClient client, bool allowTopicCreation) : IDisposable
{
    private const int Most = 32;
    private const int MaxAttempts = 3;
    private const string Prefix = "http-proxy-";

    // Readers of committed records wait behind one that a killed process left open.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    // And behind one that cannot get on, with records of others in its partitions.
    private static readonly TimeSpan s_retryTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(Most);
    private readonly ConcurrentStack<TransactionalProducer> _idle = new();
    private readonly ConcurrentStack<int> _names = new(Enumerable.Range(0, Most).Reverse());

    /// <summary>
    /// Runs a transaction: commits what <paramref name="work"/> has written, or aborts it when that throws. Where the broker has let go of a producer,
    /// which happens when it rested for days or when somebody took its name, the work is done again by another.
    /// </summary>
    /// <exception cref="ProblemException">All of them are busy for too long: 429.</exception>
    internal async ValueTask<T> RunAsync<T>(Func<TransactionalProducer, ValueTask<T>> work, CancellationToken cancel)
    {
        if (!await _free.WaitAsync(s_wait, cancel).ConfigureAwait(false))
            throw new ProblemException(Problem.Of(Problem.TooManyRequests, $"{Most} transactions are under way, which is the limit."));
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                TransactionalProducer producer = await TakeAsync(isNew: attempt > 1).ConfigureAwait(false);
                try
                {
                    return await RunAsync(producer, work).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is ProblemException or KafkaErrorException && producer.IsVoid && attempt < MaxAttempts)
                {
                }
                finally
                {
                    // One of which nobody knows how it stands is made anew, under its name.
                    if (producer.IsAtRest) _idle.Push(producer);
                    else _names.Push(NumberOf(producer));
                }
            }
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private static async ValueTask<T> RunAsync<T>(TransactionalProducer producer, Func<TransactionalProducer, ValueTask<T>> work)
    {
        T result;
        try
        {
            result = await work(producer).ConfigureAwait(false);
        }
        catch (ProblemException)
        {
            await AbortAsync(producer).ConfigureAwait(false);
            throw;
        }
        await producer.CommitAsync().ConfigureAwait(false);
        return result;
    }

    private static async ValueTask AbortAsync(TransactionalProducer producer)
    {
        if (producer.IsVoid) return;
        try
        {
            await producer.AbortAsync().ConfigureAwait(false);
        }
        catch (KafkaErrorException)
        {
            // Its next use or its time ends it. The client is to hear what went wrong first.
        }
    }

    private async ValueTask<TransactionalProducer> TakeAsync(bool isNew)
    {
        int number;
        if (isNew)
        {
            // What rests may be as void as the last one was.
            if (!_names.TryPop(out number) && _idle.TryPop(out TransactionalProducer? old)) number = NumberOf(old);
        }
        else
        {
            if (_idle.TryPop(out TransactionalProducer? idle)) return idle;
            _ = _names.TryPop(out number);
        }
        TransactionalProducer producer = client.CreateTransactionalProducer(
            new TransactionalProducerOptions(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}"))
            {
                Timeout = s_timeout,
                RetryTime = s_retryTime,
                AllowTopicCreation = allowTopicCreation,
            });
        try
        {
            await producer.InitAsync().ConfigureAwait(false);
            return producer;
        }
        catch
        {
            _names.Push(number);
            throw;
        }
    }

    private static int NumberOf(TransactionalProducer producer) => int.Parse(producer.TransactionalId.AsSpan(Prefix.Length), CultureInfo.InvariantCulture);
}
