using System.Net;
using Gateway.Client;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Tests.Running;
using Gateway.Testing;
using Microsoft.AspNetCore.Http;

namespace Gateway.HttpProxy.Tests.Limits;

/// <summary>How many requests are taken in a second, and what the others are told (http-proxy §4.6).</summary>
public sealed class RequestRateTests(RunningProxy proxy) : IClassFixture<RunningProxy>
{
    private static readonly IPAddress s_one = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task Requests_beyond_the_rate_are_429_with_the_time_after_which_one_is_taken()
    {
        var time = new ManualTime();
        await using KafkaClient client = proxy.NewClient(new ClientOptions { Time = time });
        HttpClient http = await proxy.StartAsync(new ProxyOptions { MaxRequestsPerSecond = 2 }, client: client);
        Assert.Equal(200, (await http.AskAsync("/")).Status);
        Assert.Equal(200, (await http.AskAsync("/")).Status);
        Answer refused = await http.AskAsync("/");
        refused.Refused(429, 429);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        // Whoever asks whether the proxy lives hears that it does.
        Assert.Equal(200, (await http.AskAsync("/status/ready")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await http.AskAsync("/")).Status);
    }

    [Fact]
    public void Whoever_waits_as_long_as_it_is_told_to_is_served()
    {
        var time = new ManualTime();
        var rates = new RequestRates(new ProxyOptions { MaxRequestsPerSecondPerClient = 3 }, time);
        for (int round = 0; round < 50; round++)
        {
            int served = 0;
            int? wait;
            while ((wait = Count(rates, s_one)) is null) served++;
            Assert.Equal(3, served);
            time.Advance(TimeSpan.FromSeconds(wait.Value));
        }
    }

    [Fact]
    public void A_rate_holds_over_any_time_and_a_rest_saves_up_no_more_than_a_second()
    {
        var time = new ManualTime();
        var rates = new RequestRates(new ProxyOptions { MaxRequestsPerSecond = 100 }, time);
        time.Advance(TimeSpan.FromHours(1));
        int served = 0;
        for (int millisecond = 0; millisecond < 10_000; millisecond++)
        {
            for (int i = 0; i < 5; i++) served += Count(rates, s_one) is null ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
        // A second's worth at once, and then the rate.
        Assert.InRange(served, 1_099, 1_100);
    }

    [Fact]
    public void Each_client_has_a_rate_of_its_own_within_that_of_all()
    {
        var time = new ManualTime();
        var rates = new RequestRates(new ProxyOptions { MaxRequestsPerSecond = 3, MaxRequestsPerSecondPerClient = 2 }, time);
        Assert.Null(Count(rates, s_one));
        Assert.Null(Count(rates, s_one));
        Assert.NotNull(Count(rates, s_one));
        // What was refused took nothing from the others.
        Assert.Null(Count(rates, s_other));
        Assert.NotNull(Count(rates, s_other));
    }

    [Fact]
    public void Clients_that_have_gone_are_forgotten()
    {
        var time = new ManualTime();
        var rates = new RequestRates(new ProxyOptions { MaxRequestsPerSecondPerClient = 1 }, time);
        for (uint second = 0; second < 20; second++)
        {
            for (uint i = 0; i < 1_000; i++) Assert.Null(Count(rates, new IPAddress((second * 1_000) + i + 1)));
            time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.InRange(rates.Clients, 1, 5_100);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData(null, "255.255.255.255")]
    public void A_client_is_its_address_and_of_IPv6_its_network(string? address, string client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        Assert.Equal(IPAddress.Parse(client), ClientAddress.Of(context));
    }

    /// <summary>The seconds to wait, or null when the request was taken.</summary>
    private static int? Count(RequestRates rates, IPAddress client)
    {
        try
        {
            rates.Count(client);
            return null;
        }
        catch (ProblemException refused)
        {
            return refused.Problem.RetryAfterSeconds;
        }
    }
}
