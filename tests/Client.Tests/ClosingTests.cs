using Gateway.Client.Tests.Fakes;
using Gateway.Common.Errors;
using Gateway.Links;
using Gateway.Protocol;
using Gateway.Testing;

namespace Gateway.Client.Tests;

/// <summary>A client that is disposed ends what waits to be tried again.</summary>
public sealed class ClosingTests
{
    [Fact]
    public async Task A_call_between_two_attempts_ends_with_its_error_although_the_clock_stands_still()
    {
        FakeBroker broker = new FakeBroker().Answer(ApiKey.Metadata, _ => throw new LinkClosedException("lost"));
        var client = new KafkaClient(broker, new ClientOptions { Time = new ManualTime() });
        Task call = client.FindTopicAsync("t", CancellationToken.None).AsTask();
        Assert.False(call.IsCompleted);
        await client.DisposeAsync();
        Assert.Equal(ErrorCode.NetworkException, (await Assert.ThrowsAsync<KafkaErrorException>(() => call)).Code);
    }
}
