using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.SchemaRegistry.Tests;

/// <summary>The registry as other rooms use it, without HTTP.</summary>
public class LookupTests
{
    [Fact]
    public async Task Schemas_are_registered_and_found()
    {
        await using var server = await RegistryServer.StartAsync();
        ISchemaLookup lookup = server.Service;
        var registered = (await lookup.RegisterAsync("s", SchemaTypes.Avro, """{"type":"record","name":"n.R","fields":[]}""", [], default)).Found!;
        Assert.Equal((1, "s", 1, "n.R"), (registered.Id, registered.Subject, registered.Version, registered.Schema.Name));
        Assert.Equal(1, (await lookup.FindByIdAsync(1, default)).Found!.Id);
        Assert.Equal(1, (await lookup.FindLatestAsync("s", default)).Found!.Version);
        Assert.Equal(1, (await lookup.FindVersionAsync("s", 1, default)).Found!.Version);
    }

    [Fact]
    public async Task Misses_and_refusals_are_values()
    {
        await using var server = await RegistryServer.StartAsync();
        ISchemaLookup lookup = server.Service;
        Assert.Equal((40403, "Schema 1 not found"), Error(await lookup.FindByIdAsync(1, default)));
        Assert.Equal((40401, "Subject 's' not found."), Error(await lookup.FindLatestAsync("s", default)));
        await server.RegisterAsync("s", "\"int\"");
        Assert.Equal((40402, "Version 2 not found."), Error(await lookup.FindVersionAsync("s", 2, default)));
        Assert.Equal(42201, Error(await lookup.RegisterAsync("s", SchemaTypes.Avro, "{", [], default)).Code);
        Assert.Equal(42201, Error(await lookup.RegisterAsync("s", SchemaTypes.Protobuf, "message", [], default)).Code);
        Assert.Equal(409, Error(await lookup.RegisterAsync("s", SchemaTypes.Avro, "\"string\"", [], default)).Code);
    }

    [Fact]
    public async Task A_reference_is_the_schemas_own_also_where_another_reference_leads_to_it_first()
    {
        await using var server = await RegistryServer.StartAsync();
        ISchemaLookup lookup = server.Service;
        var inner = new SchemaReference("n.Inner", "inner", 1);
        var middle = new SchemaReference("n.Middle", "middle", 1);
        await lookup.RegisterAsync("inner", SchemaTypes.Avro, """{"type":"record","name":"n.Inner","fields":[]}""", [], default);
        await lookup.RegisterAsync("middle", SchemaTypes.Avro, """{"type":"record","name":"n.Middle","fields":[{"name":"i","type":"n.Inner"}]}""", [inner], default);
        const string both = """{"type":"record","name":"n.Both","fields":[{"name":"m","type":"n.Middle"},{"name":"i","type":"n.Inner"}]}""";
        var registered = (await lookup.RegisterAsync("both", SchemaTypes.Avro, both, [middle, inner], default)).Found!;
        Assert.Equal([inner, middle], registered.Schema.References);
    }

    private static (int Code, string Message) Error(SchemaAnswer answer)
    {
        Assert.Null(answer.Found);
        return (answer.ErrorCode, answer.Message);
    }
}
