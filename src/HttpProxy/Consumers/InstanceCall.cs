using Gateway.HttpProxy.Http;

namespace Gateway.HttpProxy.Consumers;

/// <summary>Runs an endpoint on the consumer instance its path names, and keeps the instance alive meanwhile.</summary>
internal static class InstanceCall
{
    // A group in its first seconds has not shared out its partitions yet; whoever asks about them waits so long.
    private static readonly TimeSpan AssignmentWait = TimeSpan.FromSeconds(10);

    internal static async ValueTask WithAsync(ProxyCall call, Func<ConsumerInstance, CancellationToken, ValueTask> act)
    {
        await call.Service.Consumers.ReadyAsync(call.Cancel).ConfigureAwait(false);
        ConsumerInstance instance = call.Service.Consumers.Borrow(call.Name("group"), call.Name("instance"));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, instance.Deleted.Token);
        try
        {
            await act(instance, either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (instance.Deleted.IsCancellationRequested && (failure is OperationCanceledException or ObjectDisposedException))
        {
            throw ConsumerInstances.NotFound();
        }
        catch (InvalidOperationException failure) when (failure is not ObjectDisposedException)
        {
            throw new ProblemException(Problem.IllegalState, failure.Message);
        }
        finally
        {
            call.Service.Consumers.Return(instance);
        }
    }

    internal static async ValueTask WaitForAssignmentAsync(ProxyCall call, ConsumerInstance instance, CancellationToken cancel) =>
        await call.AwaitAsync(either => instance.Consumer.WaitForAssignmentAsync(AssignmentWait, either), static () => new(false), cancel).ConfigureAwait(false);
}
