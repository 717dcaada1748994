using System.Net;
using System.Text.Json;
using Gateway.Cli.Registry;

namespace Gateway.Cli.Tests;

public sealed class RegistryClientTests
{
    private static readonly Uri Host = new("http://registry.test:8081/base/");
    private readonly FakeRegistry _fake = new();

    private RegistryClient Client(params Uri[] hosts) => new(hosts.Length == 0 ? [Host] : hosts, _fake);

    internal static string Answer(string schema, string more = "") => $$"""{"id":7,"schema":{{JsonSerializer.Serialize(schema)}}{{more}}}""";

    [Fact]
    public async Task A_schema_is_asked_for_once()
    {
        _fake.On("/base/schemas/ids/7", Answer("\"long\""));
        using RegistryClient client = Client();
        KnownSchema first = await client.FindAsync(7, default);
        Assert.Equal((7, "AVRO", "\"long\""), (first.Id, first.Schema.SchemaType, first.Schema.CanonicalText));
        Assert.Same(first, await client.FindAsync(7, default));
        Assert.Equal(["/base/schemas/ids/7"], _fake.Asked);
    }

    [Fact]
    public async Task References_are_fetched_from_the_bottom_up_each_once()
    {
        const string leaf = """{"type":"record","name":"n.Leaf","fields":[{"name":"x","type":"int"}]}""";
        const string middle = """{"type":"record","name":"n.Middle","fields":[{"name":"l","type":"n.Leaf"}]}""";
        const string root = """{"type":"record","name":"n.Root","fields":[{"name":"m","type":"n.Middle"},{"name":"l","type":"n.Leaf"}]}""";
        const string toLeaf = """{"name":"n.Leaf","subject":"le/af","version":2}""";
        _fake.On("/base/subjects/a%3Ab/versions/latest", Answer(root, $$""","references":[{"name":"n.Middle","subject":"middle","version":1},{{toLeaf}}]"""))
            .On("/base/subjects/middle/versions/1?deleted=true", Answer(middle, $$""","references":[{{toLeaf}}]"""))
            .On("/base/subjects/le%2Faf/versions/2?deleted=true", Answer(leaf));
        using RegistryClient client = Client();
        KnownSchema found = await client.FindLatestAsync("a:b", default);
        Assert.Contains("\"name\":\"x\"", found.Schema.ResolvedText, StringComparison.Ordinal);
        Assert.Equal(3, _fake.Asked.Count);
    }

    [Fact]
    public async Task References_that_go_in_a_circle_end()
    {
        const string self = ""","references":[{"name":"n.A","subject":"a","version":1}]""";
        _fake.On("/base/schemas/ids/7", Answer("\"int\"", self)).On("/base/subjects/a/versions/1?deleted=true", Answer("\"int\"", self));
        using RegistryClient client = Client();
        Assert.Equal("\"int\"", (await client.FindAsync(7, default)).Schema.CanonicalText);
        Assert.Equal(2, _fake.Asked.Count);
    }

    [Fact]
    public async Task What_the_registry_says_is_passed_on()
    {
        using RegistryClient client = Client();
        SchemaNotFoundException missing = await Assert.ThrowsAsync<SchemaNotFoundException>(async () => await client.FindAsync(9, default));
        Assert.Contains("http://registry.test:8081/base/ answers 404 to /schemas/ids/9: Schema not found", missing.Message, StringComparison.Ordinal);
        _fake.On("/base/schemas/ids/8", "<html>", HttpStatusCode.Unauthorized);
        CommandException refused = await Assert.ThrowsAsync<CommandException>(async () => await client.FindAsync(8, default));
        Assert.Contains("answers 401", refused.Message, StringComparison.Ordinal);
        _fake.On("/base/schemas/ids/7", Answer("{"));
        SchemaNotFoundException unreadable = await Assert.ThrowsAsync<SchemaNotFoundException>(async () => await client.FindAsync(7, default));
        Assert.StartsWith("schema 7 cannot be read", unreadable.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    public async Task What_is_no_registry_is_called_so(string body)
    {
        _fake.On("/base/schemas/ids/7", body);
        using RegistryClient client = Client();
        CommandException failure = await Assert.ThrowsAsync<CommandException>(async () => await client.FindAsync(7, default));
        Assert.Contains("does not answer as a schema registry does; -X registry.hosts=", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_address_is_asked_when_one_cannot_be_reached()
    {
        _fake.On("/schemas/ids/7", Answer("\"int\""));
        using RegistryClient client = Client(new Uri("http://gone.test:1"), new Uri("http://there.test:2"));
        Assert.Equal(7, (await client.FindAsync(7, default)).Id);
        using RegistryClient alone = Client(new Uri("http://gone.test:1"));
        CommandException failure = await Assert.ThrowsAsync<CommandException>(async () => await alone.FindAsync(7, default));
        Assert.StartsWith("no schema registry answers at http://gone.test:1/: Connection refused; -X registry.hosts=", failure.Message, StringComparison.Ordinal);
    }
}
