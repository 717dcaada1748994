using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Client;
using Gateway.Client.Producing;

namespace Gateway.HttpProxy.Produce;

/// <summary>
/// Producers for transactions over HTTP, each of which carries one at a time. Their transactional ids are the same after a restart, so that what a process
/// left open when it was killed is aborted by the next one's first use; the rest ends with its time.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TransactionalProducers(KafkaClient client) : IDisposable
{
    private const int Most = 32;

    // Readers of committed records wait behind one that a killed process left open.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _free = new(Most);
    private readonly ConcurrentStack<TransactionalProducer> _idle = new();
    private readonly ConcurrentStack<int> _names = new(Enumerable.Range(0, Most).Reverse());

    /// <summary>Runs a transaction: commits what <paramref name="work"/> has written, or aborts it when that throws.</summary>
    internal async ValueTask<T> RunAsync<T>(Func<TransactionalProducer, ValueTask<T>> work)
    {
        await _free.WaitAsync().ConfigureAwait(false);
        try
        {
            TransactionalProducer producer = await TakeAsync().ConfigureAwait(false);
            bool isWhole = false;
            try
            {
                T result = await RunAsync(producer, work).ConfigureAwait(false);
                isWhole = true;
                return result;
            }
            catch (Http.ProblemException)
            {
                isWhole = true;
                throw;
            }
            finally
            {
                // One of which nobody knows how it stands is made anew, under its name.
                if (isWhole) _idle.Push(producer);
                else _names.Push(NumberOf(producer));
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
        catch (Http.ProblemException)
        {
            await producer.AbortAsync().ConfigureAwait(false);
            throw;
        }
        await producer.CommitAsync().ConfigureAwait(false);
        return result;
    }

    private async ValueTask<TransactionalProducer> TakeAsync()
    {
        if (_idle.TryPop(out TransactionalProducer? idle)) return idle;
        _ = _names.TryPop(out int number);
        TransactionalProducer producer = client.CreateTransactionalProducer(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}"), s_timeout);
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

    private const string Prefix = "http-proxy-";

    private static int NumberOf(TransactionalProducer producer) => int.Parse(producer.TransactionalId.AsSpan(Prefix.Length), CultureInfo.InvariantCulture);
}
